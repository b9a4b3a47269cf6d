package io.gatehouse.proxy;

import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.GOAWAY;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.ClientProtocol.Moment;
import io.gatehouse.testing.Gatehouse;
import io.netty.channel.ChannelOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An upstream aborts: a truncated response never looks like a whole one (docs/reference/proxy.md#responses). */
class UpstreamAbortTest {
    /** RFC 9113 §7. */
    private static final int INTERNAL_ERROR = 2;

    private static HttpAndGrpcApi api;
    private static volatile String brokenAnswer = "";
    private static volatile boolean resetting;

    @BeforeAll
    static void start() {
        api = new HttpAndGrpcApi();
        NetServer breaking = Gatehouse.await(api.upstream
                .vertx()
                .createNetServer()
                .connectHandler(UpstreamAbortTest::breakOff)
                .listen(0, "127.0.0.1"));
        api.gatehouse.createApi("breaking", "/breaking", breaking.actualPort());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    /** Responds as configured, and ends the connection: with unread bytes, which resets it, or in order. */
    private static void breakOff(NetSocket socket) {
        Buffer request = Buffer.buffer();
        socket.handler(bytes -> {
            request.appendBuffer(bytes);
            if (request.toString(StandardCharsets.ISO_8859_1).contains("\r\n\r\n")) {
                socket.handler(null);
                socket.write(brokenAnswer).onComplete(written -> {
                    if (resetting) {
                        reset(socket);
                    } else {
                        socket.close();
                    }
                });
            }
        });
    }

    private static void reset(NetSocket socket) {
        ((NetSocketInternal) socket).channelHandlerContext().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        socket.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\n0\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\nhalf of it",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\nzz\r\n\r\n"
            })
    void aTruncatedResponseNeverLooksComplete(String answer) throws IOException {
        brokenAnswer = answer;
        for (boolean reset : new boolean[] {false, true}) {
            resetting = reset;
            try (Socket socket = RawHandshake.connect(api.port())) {
                RawUpstream.write(socket, "GET /breaking HTTP/1.1\r\nHost: a\r\n\r\n");
                String got = readToEnd(socket);
                // A reset may overtake what was sent before it: then nothing of the answer was known.
                if (!got.startsWith("HTTP/1.1 502")) {
                    assertThat(got)
                            .startsWith("HTTP/1.1 200")
                            .containsAnyOf("content-length: 100", "transfer-encoding: chunked")
                            .doesNotEndWith("0\r\n\r\n");
                }
            }
            try (Http2Socket socket = Http2Socket.open(api.port())) {
                socket.headers(1, END_STREAM, ":method: GET", ":scheme: http", ":authority: a", ":path: /breaking")
                        .send();
                Http2Socket.Frame frame = socket.await(HEADERS);
                if (socket.status(frame) == 200) {
                    while (frame.type() != RST_STREAM) {
                        assertThat(frame.type()).isNotEqualTo(GOAWAY);
                        assertThat(frame.type() <= HEADERS && (frame.flags() & END_STREAM) != 0)
                                .isFalse();
                        frame = socket.read();
                    }
                    assertThat(frame.stream()).isEqualTo(1);
                    assertThat(frame.errorCode()).isEqualTo(INTERNAL_ERROR);
                }
            }
        }
    }

    /** In HTTP/1.0 a body without a length ends with the connection. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\nhalf of it",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\nzz\r\n\r\n"
            })
    void aTruncatedResponseWithoutLengthResetsAClientOfHttp10(String answer) throws IOException {
        brokenAnswer = answer;
        resetting = false;
        try (Socket socket = RawHandshake.connect(api.port())) {
            RawUpstream.write(socket, "GET /breaking HTTP/1.0\r\nHost: a\r\n\r\n");
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
        }
    }

    /** The client has received nothing of the response: its head waits for the first bytes of the body. */
    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, 'Content-Length: 100\r\n'",
        "HTTP/1.0, 'Content-Length: 100\r\n'",
        "HTTP/1.0, 'Transfer-Encoding: chunked\r\n'"
    })
    void aResponseThatEndsBehindItsHeadIs502(String version, String framing) throws IOException {
        brokenAnswer = "HTTP/1.1 200 FINE\r\nX-Upstream: yes\r\n" + framing + "\r\n";
        for (boolean reset : new boolean[] {false, true}) {
            resetting = reset;
            try (AccessLines log = new AccessLines();
                    Socket socket = RawHandshake.connect(api.port())) {
                RawUpstream.write(socket, "GET /breaking " + version + "\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
                String head = String.valueOf(RawUpstream.head(socket));
                assertThat(head).startsWith(version + " 502 Bad Gateway\r\n").doesNotContain("X-Upstream");
                int length = Integer.parseInt(RawUpstream.header(head, "content-length"));
                assertThat(RawUpstream.read(socket, length)).contains("An invalid response was received");
                await().until(() -> log.statusOf(RawUpstream.header(head, "x-kong-request-id")) == 502);
                if (RawUpstream.header(head, "connection").equals("close")) {
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                } else {
                    RawUpstream.write(socket, "GET /nowhere " + version + "\r\nHost: a\r\n\r\n");
                    assertThat(RawUpstream.head(socket)).startsWith(version + " 404 ");
                }
            }
        }
    }

    @Test
    void aResponseThatEndsBehindItsHeadIs502InHttp2() throws IOException {
        brokenAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
        resetting = false;
        try (Http2Socket socket = Http2Socket.open(api.port())) {
            socket.headers(1, END_STREAM, ":method: GET", ":scheme: http", ":authority: a", ":path: /breaking")
                    .send();
            assertThat(socket.status(socket.await(HEADERS))).isEqualTo(502);
        }
    }

    /** As far as it came before the connection was closed or reset. */
    private static String readToEnd(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[8192];
        try {
            for (int n = socket.getInputStream().read(chunk);
                    n >= 0;
                    n = socket.getInputStream().read(chunk)) {
                all.write(chunk, 0, n);
            }
        } catch (SocketException reset) {
            // Which says as much.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aGrpcServiceThatResetsItsStreamResetsTheClients() throws IOException {
        api.upstream.behave(request -> request.response()
                .setChunked(true)
                .write("half of it")
                .onComplete(written -> request.response().reset(2)));
        try (Http2Socket socket = ClientProtocol.GRPC.beginHttp2(api.port(), Moment.WAITING, 1)) {
            Http2Socket.Frame frame = socket.read();
            while (frame.type() != RST_STREAM) {
                assertThat(frame.stream() == 1 && (frame.flags() & END_STREAM) != 0)
                        .isFalse();
                frame = socket.read();
            }
        }
    }
}
