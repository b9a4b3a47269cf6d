package io.gatehouse.proxy;

import static io.gatehouse.proxy.Http2Socket.DATA;
import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** How a client begins a request, and so the gateway the request to the upstream. */
enum ClientProtocol {
    HTTP1("/api"),
    HTTP2("/api"),
    GRPC("/grpc");

    private final String path;

    ClientProtocol(String path) {
        this.path = path;
    }

    AutoCloseable begin(int port, Moment moment) throws IOException {
        return this == HTTP1 ? beginHttp1(port, moment) : beginHttp2(port, moment, 1);
    }

    private Socket beginHttp1(int port, Moment moment) throws IOException {
        Socket socket = RawHandshake.connect(port);
        String length = moment == Moment.UPLOADING ? "Content-Length: 100\r\n\r\nhalf" : "\r\n";
        RawUpstream.write(socket, "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + length);
        return socket;
    }

    Http2Socket beginHttp2(int port, Moment moment, int stream) throws IOException {
        Http2Socket socket = Http2Socket.open(port);
        request(socket, moment, stream);
        return socket;
    }

    void request(Http2Socket socket, Moment moment, int stream) {
        String type = this == GRPC ? "application/grpc" : "text/plain";
        socket.headers(
                stream,
                moment == Moment.UPLOADING ? 0 : END_STREAM,
                ":method: POST",
                ":scheme: http",
                ":authority: a",
                ":path: " + path,
                "content-type: " + type);
        if (moment == Moment.UPLOADING) {
            socket.frame(DATA, 0, stream, "half".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(socket.send()).isTrue();
    }

    /** When the client goes away. */
    enum Moment {
        UPLOADING,
        WAITING,
        DOWNLOADING;

        void answer(HttpServerRequest request) {
            if (this == DOWNLOADING) {
                request.response().setChunked(true).write("the beginning");
            }
        }
    }
}
