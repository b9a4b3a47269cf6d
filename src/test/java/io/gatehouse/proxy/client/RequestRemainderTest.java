package io.gatehouse.proxy.client;

import static io.gatehouse.proxy.Http2Socket.DATA;
import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.RST_STREAM;
import static io.gatehouse.proxy.Http2Socket.SETTINGS;
import static io.gatehouse.proxy.Http2Socket.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the rest of a request body after its response (docs/reference/limits.md#clients-of-the-proxy). */
class RequestRemainderTest {
    private static final int SMALL_BYTES = 64 * 1024;
    private static final int TIMEOUT_MILLIS = 30_000;

    private static Upstream upstream;
    private static ImpatientProxy proxy;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        // It responds before the whole request has arrived.
        upstream.behave(request -> request.response().end("early"));
        proxy = ImpatientProxy.withPatience(upstream.port(), Duration.ofMinutes(10));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        upstream.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads a response whose body ends so, and returns it in lower case. */
    private static String read(Socket socket, String end) throws IOException {
        StringBuilder response = new StringBuilder();
        while (response.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as(response.toString()).isNotNegative();
            response.append((char) next);
        }
        return response.toString().toLowerCase(Locale.ROOT);
    }

    @Test
    void aConnection_closes1SecondAfterAnEarlyResponse() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf");
            long sent = System.nanoTime();
            assertThat(read(socket, "early")).startsWith("http/1.1 200");
            assertThat(socket.getInputStream().read()).isNegative();
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void aConnection_persists_ifTheRequestEndsInTime() throws IOException {
        try (Socket socket = connect()) {
            for (int i = 0; i < 2; i++) {
                write(socket, "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf");
                assertThat(read(socket, "early")).startsWith("http/1.1 200");
                write(socket, "half");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL_BYTES, SMALL_BYTES + 1})
    void anErrorResponse_endsTheConnection_ifMoreThan64KiBAreAnnounced(int length) throws IOException {
        boolean ends = length > SMALL_BYTES;
        try (Socket socket = connect()) {
            write(socket, "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
            String response = read(socket, "\"}");
            assertThat(response).startsWith("http/1.1 404");
            assertThat(response.contains("connection: close")).isEqualTo(ends);
            if (ends) {
                assertThat(socket.getInputStream().read()).isNegative();
            } else {
                write(socket, "x".repeat(length) + "GET /api HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(read(socket, "early")).startsWith("http/1.1 200");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/nowhere"})
    void aStream_isResetWithNoError(String path) throws IOException {
        try (Http2Socket socket = Http2Socket.open(proxy.port())) {
            socket.headers(
                            1,
                            0,
                            ":method: POST",
                            ":scheme: http",
                            ":authority: a",
                            ":path: " + path,
                            "content-length: 8")
                    .frame(DATA, 0, 1, "half".getBytes(StandardCharsets.ISO_8859_1))
                    .send();
            assertThat(socket.status(socket.await(HEADERS))).isEqualTo(path.equals("/api") ? 200 : 404);
            Http2Socket.Frame last = socket.await(DATA);
            while ((last.flags() & END_STREAM) == 0) {
                last = socket.await(DATA);
            }
            assertThat(socket.await(RST_STREAM).errorCode()).isZero();
        }
    }

    @Test
    void aBodyIsDropped_ifTheClientDoesNotTakeTheErrorResponse() throws IOException {
        byte[] part = new byte[16 * 1024];
        try (Http2Socket socket = Http2Socket.open(proxy.port())) {
            // SETTINGS_INITIAL_WINDOW_SIZE is 0.
            socket.frame(SETTINGS, 0, 0, 0, 4, 0, 0, 0, 0)
                    .headers(1, 0, ":method: POST", ":scheme: http", ":authority: a", ":path: /nowhere")
                    .frame(DATA, 0, 1, part)
                    .frame(DATA, 0, 1, part)
                    .frame(DATA, 0, 1, part)
                    .send();
            assertThat(socket.status(socket.await(HEADERS))).isEqualTo(404);
            Http2Socket.Frame window = socket.await(WINDOW_UPDATE);
            while (window.stream() != 1) {
                window = socket.await(WINDOW_UPDATE);
            }
        }
    }
}
