package io.gatehouse.proxy.flood;

import static io.gatehouse.proxy.flood.FloodUpstream.ascii;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.SmallNode;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand clients hold what they have of one Service, more than an event loop has upstream connections. Once the limits of
 * the configuration are over, another client's request to the same Service is served.
 */
@Tag("flood")
class StarvationTest {
    private static final int CLIENTS = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int STREAMS = 100;
    private static final int REFUSED = 2_000;
    private static final long LARGE = 16 << 20;
    private static final byte[] NONE = {};

    private static final String POST = "POST /api/body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";
    private static final String HANDSHAKE = String.join(
            "\r\n",
            " HTTP/1.1",
            "Host: a",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    @TempDir
    private static Path directory;

    private static Path large;
    private final Upstream upstream = Upstream.start();
    private @Nullable SmallNode started;

    @BeforeAll
    static void makeALargeFile() throws IOException {
        large = directory.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(LARGE);
        }
    }

    @BeforeEach
    void start() throws IOException {
        upstream.behave(StarvationTest::serve);
        SmallNode node = SmallNode.start(
                256,
                TestDatabase.create(),
                Map.of(
                        // One event loop: its upstream connections are fewer than the clients.
                        "PROXY_INSTANCES", "1",
                        "PROXY_IDLE_TIMEOUT", LIMIT.toMillis() + "ms",
                        "PROXY_MIN_RATE", "1000"));
        started = node;
        node.createApi(
                new JsonObject()
                        .put("name", "api")
                        .put("url", "http://127.0.0.1:" + upstream.port())
                        .put("read_timeout", LIMIT.toMillis()),
                new JsonObject().put("paths", List.of("/api")).put("strip_path", false));
        assertThat(Files.size(large)).isEqualTo(LARGE);
        get(Duration.ofSeconds(10));
    }

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
        upstream.close();
    }

    private int port() {
        return Objects.requireNonNull(started).port();
    }

    private static void serve(HttpServerRequest request) {
        request.exceptionHandler(closed -> {});
        request.response().exceptionHandler(closed -> {});
        switch (request.path()) {
            case "/api/body" ->
                request.body().onSuccess(body -> request.response().end());
            case "/api/large" -> request.response().sendFile(large.toString());
            case "/api/refused" -> request.response().setStatusCode(401).end("no");
            case "/api/accepted" -> request.toWebSocket();
            case "/api/silent" -> request.pause();
            default -> request.response().end("served");
        }
    }

    /** A plain request to the Service is served within the time. */
    private void get(Duration within) {
        long start = System.nanoTime();
        try {
            Http.sendAsync(Http.get("http://127.0.0.1:" + port() + "/api/plain"), TIMEOUT)
                    .join()
                    .isStatus(200);
        } catch (CompletionException e) {
            throw new AssertionError("no response to a plain GET: " + e.getCause(), e);
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("starvation: a plain GET took %d ms%n", taken.toMillis());
        assertThat(taken).as("time of a plain GET").isLessThan(within);
    }

    /** While they last, within the limit; afterwards, at once. The first requests may be served before the clients hold all. */
    private void expectService() {
        long end = System.nanoTime() + LIMIT.toNanos();
        do {
            get(LIMIT.plus(SOON));
        } while (System.nanoTime() < end);
        for (int i = 0; i < 20; i++) {
            get(SOON);
        }
    }

    private void hold(byte[] beginning, byte[] trickle) throws IOException {
        try (Crowd crowd = new Crowd(port(), CLIENTS)) {
            crowd.begin(beginning, trickle);
            expectService();
        }
    }

    @Test
    void clientsThatSendNoBody() throws IOException {
        hold(ascii(POST), NONE);
    }

    @Test
    void clientsWhoseBodiesTrickle() throws IOException {
        hold(ascii(POST), ascii("x"));
    }

    @Test
    void clientsWhoseHeadsTrickle() throws IOException {
        hold(ascii("GET /api/plain HTTP/1.1\r\nHost: a\r\nX-Slow: "), ascii("x"));
    }

    @Test
    void clientsThatDoNotReadALargeResponse() throws IOException {
        hold(ascii("GET /api/large HTTP/1.1\r\nHost: a\r\n\r\n"), NONE);
    }

    @Test
    void webSocketHandshakesThatTheUpstreamLeavesUnanswered() throws IOException {
        hold(ascii("GET /api/silent" + HANDSHAKE), NONE);
    }

    @Test
    void requestsThatTheUpstreamLeavesUnanswered() throws IOException {
        hold(ascii("GET /api/silent HTTP/1.1\r\nHost: a\r\n\r\n"), NONE);
    }

    private byte[] streams(String method, String path, int flags) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ascii(Http2Floods.PREFACE));
        bytes.writeBytes(FloodUpstream.windows());
        for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
            byte[] block = Http2Socket.block(
                    ":method: " + method, ":scheme: http", ":authority: a", ":path: " + path, "x-a: b");
            bytes.writeBytes(Http2Floods.frame(Http2Socket.HEADERS, Http2Socket.END_HEADERS | flags, stream, block));
        }
        return bytes.toByteArray();
    }

    private void holdStreams(byte[] beginning, byte[] trickle) throws IOException {
        try (Crowd crowd = new Crowd(port(), CLIENTS / STREAMS)) {
            crowd.begin(beginning, trickle);
            expectService();
        }
    }

    @Test
    void streamsThatSendNoBody() throws IOException {
        holdStreams(streams("POST", "/api/body", 0), NONE);
    }

    @Test
    void streamsWhoseBodiesTrickle() throws IOException {
        ByteArrayOutputStream trickle = new ByteArrayOutputStream();
        for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
            trickle.writeBytes(Http2Floods.frame(Http2Socket.DATA, 0, stream, new byte[] {'x'}));
        }
        holdStreams(streams("POST", "/api/body", 0), trickle.toByteArray());
    }

    @Test
    void streamsThatDoNotReadALargeResponse() throws IOException {
        holdStreams(streams("GET", "/api/large", Http2Socket.END_STREAM), NONE);
    }

    @Test
    void webSocketHandshakesThatTheUpstreamRefuses() throws Exception {
        for (int i = 0; i < REFUSED; i++) {
            try (var client = new Socket(InetAddress.getLoopbackAddress(), port())) {
                client.setSoTimeout((int) TIMEOUT.toMillis());
                client.getOutputStream().write(ascii("GET /api/refused" + HANDSHAKE));
                assertThat(FloodUpstream.head(client.getInputStream()))
                        .as("handshake %d", i)
                        .startsWith("HTTP/1.1 401 ");
            }
        }
        expectService();
        var sockets = upstream.vertx().createWebSocketClient(new WebSocketClientOptions());
        sockets.connect(port(), "127.0.0.1", "/api/accepted")
                .toCompletionStage()
                .toCompletableFuture()
                .get(SOON.toMillis(), TimeUnit.MILLISECONDS);
    }
}
