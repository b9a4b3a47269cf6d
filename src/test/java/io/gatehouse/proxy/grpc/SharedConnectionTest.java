package io.gatehouse.proxy.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests calls that share one connection to a gRPC service (docs/reference/limits.md#upstreams). */
class SharedConnectionTest {
    private static final int PIECE_BYTES = 8 * 1024;
    /** More than the client's window, the gateway and the window of an upstream's stream take. */
    private static final int UNREAD_BYTES = 1024 * 1024;
    /** What they take at least. */
    private static final int TAKEN_BYTES = 128 * 1024;

    private static final int READ_BYTES = 256 * 1024;
    private static final int CLIENT_WINDOW_BYTES = 1024 * 1024;

    private static GrpcApi greeter;

    @BeforeAll
    static void start() {
        greeter = new GrpcApi();
    }

    @AfterAll
    static void stop() {
        greeter.close();
    }

    @Test
    void unreadResponse_doesNotHoldBackAnother_onTheSameConnection() throws IOException {
        AtomicInteger written = new AtomicInteger();
        Set<HttpConnection> used = ConcurrentHashMap.newKeySet();
        greeter.upstream.behave(request -> {
            used.add(request.connection());
            HttpServerResponse response = request.response().putHeader("content-type", "application/grpc");
            if (request.path().endsWith("/Unread")) {
                write(response, UNREAD_BYTES, written);
            } else {
                response.end(Buffer.buffer(new byte[READ_BYTES]));
            }
        });
        try (Http2Socket client = Http2Socket.open(greeter.gatehouse.node().port("proxy.http"))) {
            // The window of the first stream stays at 64 KiB.
            call(client, 1, "/hello.Greeter/Unread")
                    .frame(Http2Socket.WINDOW_UPDATE, 0, 0, Http2Socket.number(CLIENT_WINDOW_BYTES))
                    .send();
            await().until(() -> written.get() >= TAKEN_BYTES);

            call(client, 3, "/hello.Greeter/Read")
                    .frame(Http2Socket.WINDOW_UPDATE, 0, 3, Http2Socket.number(CLIENT_WINDOW_BYTES))
                    .send();

            assertThat(bytesOf(client, 3)).isEqualTo(READ_BYTES);
            assertThat(used).hasSize(1);
        }
    }

    /** Writes each piece once the one before has left the upstream. */
    private static void write(HttpServerResponse response, int left, AtomicInteger written) {
        response.write(Buffer.buffer(new byte[PIECE_BYTES])).onSuccess(done -> {
            written.addAndGet(PIECE_BYTES);
            if (left > PIECE_BYTES) {
                write(response, left - PIECE_BYTES, written);
            }
        });
    }

    private static Http2Socket call(Http2Socket client, int stream, String method) {
        return client.headers(
                stream,
                Http2Socket.END_STREAM,
                ":method: POST",
                ":scheme: http",
                ":authority: a",
                ":path: " + method,
                "content-type: application/grpc",
                "te: trailers");
    }

    /** Reads to the end of a stream, and returns the bytes of its body. */
    private static int bytesOf(Http2Socket client, int stream) throws IOException {
        int bytes = 0;
        boolean ended = false;
        while (!ended) {
            Http2Socket.Frame frame = client.read();
            if (frame.stream() == stream) {
                bytes += frame.type() == Http2Socket.DATA ? frame.payload().length() : 0;
                ended = frame.type() <= Http2Socket.HEADERS && (frame.flags() & Http2Socket.END_STREAM) != 0;
            }
        }
        return bytes;
    }
}
