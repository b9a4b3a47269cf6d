package io.gatehouse.proxy.client;

import static io.gatehouse.proxy.Http2Socket.DATA;
import static io.gatehouse.proxy.Http2Socket.END_HEADERS;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client for whose bytes or window the proxy waits loses its request, and the upstream connection is free again. */
class HoldingClientsTest {
    private static final Buffer PIECE = Buffer.buffer(new byte[64 * 1024]);

    private static Upstream upstream;
    private static ImpatientProxy proxy;

    private final AtomicInteger received = new AtomicInteger();
    private final AtomicBoolean released = new AtomicBoolean();

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        proxy = new ImpatientProxy(upstream.port());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        upstream.close();
    }

    @BeforeEach
    void receive() {
        upstream.behave(request -> {
            received.incrementAndGet();
            request.exceptionHandler(reset -> released.set(true));
            request.connection().closeHandler(closed -> released.set(true));
        });
    }

    private void assertReleased() {
        await().untilTrue(released);
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void anHttp1Body_thatNeverComes_is408() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 408");
        }
        // The head goes out with the first piece, so the connection is still unused.
        assertThat(received).hasValue(0);
    }

    @Test
    void anHttp1Body_ofSingleBytes_is408() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
            AtomicBoolean responded = new AtomicBoolean();
            Thread trickle = new Thread(() -> {
                try {
                    while (!responded.get()) {
                        write(socket, "x");
                        LockSupport.parkNanos(ImpatientProxy.LIMIT.toNanos() / 5);
                    }
                } catch (IOException closed) {
                    // As it should be.
                }
            });
            trickle.start();
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 408");
            responded.set(true);
        }
        assertReleased();
    }

    @Test
    void anHttp2Body_thatNeverComes_is408() throws IOException {
        for (String length : new String[] {"content-length: 5", "x-none: announced"}) {
            released.set(false);
            try (Http2Socket socket = Http2Socket.open(proxy.port())) {
                socket.headers(1, 0, ":method: POST", ":scheme: http", ":authority: a", ":path: /api", length)
                        .send();
                assertThat(socket.status(socket.await(HEADERS))).isEqualTo(408);
            }
        }
    }

    @Test
    void anHttp2Body_thatStopsHalfWay_is408() throws IOException {
        try (Http2Socket socket = Http2Socket.open(proxy.port())) {
            socket.headers(1, 0, ":method: POST", ":scheme: http", ":authority: a", ":path: /api")
                    .frame(DATA, 0, 1, "half".getBytes(StandardCharsets.ISO_8859_1))
                    .send();
            assertThat(socket.status(socket.await(HEADERS))).isEqualTo(408);
        }
        assertReleased();
    }

    @Test
    void anHttp1Client_thatNeverReads_losesItsResponse() throws IOException {
        upstream.behave(this::flood);
        try (Socket socket = connect()) {
            write(socket, "GET /api HTTP/1.1\r\nHost: a\r\n\r\n");
            assertReleased();
        }
    }

    @Test
    void anHttp2Client_thatGivesNoWindow_losesItsResponse() throws IOException {
        upstream.behave(this::flood);
        try (Http2Socket socket = Http2Socket.open(proxy.port())) {
            socket.headers(
                            1,
                            Http2Socket.END_STREAM | END_HEADERS,
                            ":method: GET",
                            ":scheme: http",
                            ":authority: a",
                            ":path: /api")
                    .send();
            assertReleased();
            Http2Socket.Frame frame = socket.read();
            while (frame.type() != RST_STREAM) {
                frame = socket.read();
            }
            assertThat(frame.stream()).isEqualTo(1);
        }
    }

    /** The gateway has written the whole response, and no window lets its body go, or more than a byte of it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anHttp2Client_thatGivesNoWindowForAnEndedResponse_losesIt(int window) throws IOException {
        upstream.behave(request -> {
            if (request.path().equals("/small")) {
                request.response().end("small");
            }
        });
        try (Http2Socket socket = Http2Socket.greeted(proxy.port())) {
            // SETTINGS_INITIAL_WINDOW_SIZE.
            socket.frame(Http2Socket.SETTINGS, 0, 0, 0, 4, 0, 0, 0, window);
            // The last one keeps the connection in use.
            int stream = 1;
            for (String path : new String[] {"/api/small", "/nowhere", "/api/pending"}) {
                socket.headers(
                        stream,
                        Http2Socket.END_STREAM,
                        ":method: GET",
                        ":scheme: http",
                        ":authority: a",
                        ":path: " + path);
                stream += 2;
            }
            socket.send();
            Set<Integer> reset = new TreeSet<>();
            while (reset.size() < 2) {
                Http2Socket.Frame frame = socket.read();
                if (frame.type() == DATA) {
                    assertThat(frame.payload().length()).isLessThanOrEqualTo(window);
                }
                if (frame.type() == RST_STREAM) {
                    reset.add(frame.stream());
                }
            }
            assertThat(reset).containsExactly(1, 3);
        }
    }

    private void flood(HttpServerRequest request) {
        HttpServerResponse response = request.response().setChunked(true);
        response.exceptionHandler(reset -> released.set(true));
        request.connection().closeHandler(closed -> released.set(true));
        more(response);
    }

    private static void more(HttpServerResponse response) {
        while (!response.closed() && !response.writeQueueFull()) {
            response.write(PIECE);
        }
        if (!response.closed()) {
            response.drainHandler(drained -> more(response));
        }
    }

    @Test
    void aSlowUpstream_isNotTheClientsFault() throws IOException {
        AtomicBoolean responded = new AtomicBoolean();
        upstream.behave(request ->
                request.bodyHandler(body -> upstream.vertx().setTimer(ImpatientProxy.LIMIT.toMillis() * 3, later -> {
                    responded.set(true);
                    request.response().end("late");
                })));
        try (Socket socket = connect()) {
            write(socket, "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 200");
        }
        assertThat(responded).isTrue();
    }
}
