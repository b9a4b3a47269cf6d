package io.gatehouse.proxy.hostile;

import static io.gatehouse.proxy.Http2Socket.DATA;
import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.GOAWAY;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.PING;
import static io.gatehouse.proxy.Http2Socket.RST_STREAM;
import static io.gatehouse.proxy.Http2Socket.WINDOW_UPDATE;
import static io.gatehouse.proxy.Http2Socket.number;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.ABC;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.CANCEL;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.EIGHT;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.ENHANCE_YOUR_CALM;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.GET;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.PROTOCOL_ERROR;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.REFUSED_STREAM;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.STREAM_CLOSED;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.get;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.many;
import static io.gatehouse.proxy.hostile.HostileHttp2Case.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.FullListener;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What HTTP/2 clients should never send, as frames: each is answered as RFC 9113 has it, nothing but what was meant reaches
 * the upstream, and a flood ends with its connection.
 */
class HostileHttp2Test {
    private static final String[] COLD = {":method: GET", ":scheme: http", ":authority: a", ":path: /cold/x"};
    /** For one test alone: a reset request begins only on an idle connection, which no other test must leave behind. */
    private static Upstream cold;

    private static final List<String> FORWARDED = new CopyOnWriteArrayList<>();
    private static final AtomicInteger UNFINISHED = new AtomicInteger();
    private static final AtomicInteger BEGUN = new AtomicInteger();

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static int port;
    private static String token;

    @BeforeAll
    static void start() {
        cold = Upstream.start();
        cold.behave(HostileHttp2Test::note);
        upstream = Upstream.start();
        upstream.behave(HostileHttp2Test::note);
        gatehouse = Gatehouse.start();
        gatehouse.createApi("cold", "/cold", cold.port());
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.createApi("protected", "/protected", upstream.port());
        gatehouse.protect("protected", new JsonObject());
        gatehouse.create(
                "/services", new JsonObject().put("name", "greeter").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create(
                "/services/greeter/routes",
                new JsonObject()
                        .put("paths", List.of("/hello."))
                        .put("protocols", List.of("grpc", "grpcs"))
                        .put("strip_path", false));
        token = gatehouse.clientCredentialsToken("/protected", gatehouse.register("owner", new JsonObject()));
        port = gatehouse.node().port("proxy.http");
    }

    private static void note(HttpServerRequest request) {
        BEGUN.incrementAndGet();
        UNFINISHED.incrementAndGet();
        request.body().onComplete(read -> {
            if (read.succeeded()) {
                FORWARDED.add(request.method() + " " + request.uri() + " " + read.result());
                request.response().end();
            }
            UNFINISHED.decrementAndGet();
        });
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
        cold.close();
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("io.gatehouse.proxy.hostile.HostileHttp2Case#cases")
    void aHostileConnectionHasTheExpectedFramesAndForwardedRequests(HostileHttp2Case hostile) throws IOException {
        FORWARDED.clear();
        List<String> forwarded = new ArrayList<>(hostile.forwarded());
        try (Http2Socket socket = Http2Socket.open(port)) {
            hostile.frames().accept(socket);
            socket.send();
            switch (hostile.expected()) {
                case STATUS ->
                    assertThat(socket.status(socket.await(HEADERS)))
                            .as(hostile.name())
                            .isEqualTo(hostile.code());
                case RESET ->
                    assertThat(socket.await(RST_STREAM).errorCode())
                            .as(hostile.name())
                            .isEqualTo(hostile.code());
                case GO_AWAY -> assertGoesAway(socket, hostile.code());
                case CLOSED -> socket.readToEnd();
            }
            if (hostile.expected() == HostileHttp2Case.Expected.STATUS
                    || hostile.expected() == HostileHttp2Case.Expected.RESET) {
                // The other streams of the connection remain.
                assertThat(socket.headers(1_001, END_STREAM, get()).send()).isTrue();
                assertThat(socket.await(HEADERS).stream()).isEqualTo(1_001);
                forwarded.add("GET /x ");
            }
        }
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> UNFINISHED.get() == 0);
        assertThat(FORWARDED).as(hostile.name()).isEqualTo(forwarded);
    }

    @Test
    void aConnectionWithoutThePrefaceIsClosed() throws IOException {
        RawClient.Answer answer = RawClient.send(gatehouse, "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
        assertThat(answer.status()).isGreaterThanOrEqualTo(400);
        assertThat(answer.closed()).isTrue();
        try (Http2Socket socket = Http2Socket.greeted(port)) {
            socket.headers(1, END_STREAM, GET).send();
            assertGoesAway(socket, PROTOCOL_ERROR);
        }
    }

    @Test
    void aStreamHasOneRequest() throws IOException {
        for (Consumer<Http2Socket> more : List.<Consumer<Http2Socket>>of(
                to -> to.frame(DATA, END_STREAM, 1, ABC), to -> to.headers(1, END_STREAM, "x-trailer: 1"))) {
            try (Http2Socket socket = Http2Socket.open(port)) {
                socket.headers(1, END_STREAM, GET);
                more.accept(socket);
                socket.send();
                assertThat(socket.await(RST_STREAM).errorCode()).isIn(STREAM_CLOSED, PROTOCOL_ERROR);
            }
        }
    }

    /** RFC 9113 §8.1.1: only the end of its stream proves that a request is not longer than it announced. */
    @ParameterizedTest
    @CsvSource({
        "/api/x, text/plain",
        "/hello.Greeter/Greet, application/grpc",
        // The plugin reads this one for its token.
        "/protected/x, application/x-www-form-urlencoded"
    })
    void aRequestIsWholeAtTheUpstream_onlyWhenItsStreamHasEnded(String path, String type) throws IOException {
        byte[] body = ("access_token=" + token + "&x=" + "x".repeat(40_000)).getBytes(StandardCharsets.US_ASCII);
        int piece = body.length / 4;
        String[] head = post("content-length: " + 4 * piece, "content-type: " + type);
        head[3] = ":path: " + path;
        FORWARDED.clear();
        try (Http2Socket socket = Http2Socket.open(port)) {
            for (int stream : new int[] {1, 3}) {
                socket.headers(stream, 0, head);
                many(4, i -> socket.frame(DATA, 0, stream, Arrays.copyOfRange(body, i * piece, (i + 1) * piece)));
            }
            socket.frame(PING, 0, 0, EIGHT).send();
            socket.await(PING);
            socket.frame(DATA, END_STREAM, 1, ABC).send();
            assertThat(socket.await(RST_STREAM).errorCode()).isEqualTo(PROTOCOL_ERROR);
            assertThat(FORWARDED).isEmpty();
            socket.frame(DATA, END_STREAM, 3).send();
            Http2Headers response = socket.fields(socket.await(HEADERS));
            assertThat(response.status()).hasToString("200");
            assertThat(response.get("grpc-message")).isNull();
        }
        await().until(() -> UNFINISHED.get() == 0);
        assertThat(FORWARDED).hasSize(1);
    }

    /** RFC 9113 §6.9.1. The upstream never accepts the connection, so the body stays in the window. */
    @Test
    void aWindowThatIsExceeded_endsTheConnection() throws IOException {
        try (FullListener full = new FullListener();
                Http2Socket socket = Http2Socket.open(port)) {
            gatehouse.createApi("full", "/full", full.port());
            String[] head = post();
            head[3] = ":path: /full";
            socket.headers(1, 0, head);
            many(5, i -> socket.frame(DATA, 0, 1, new byte[16_384]));
            socket.send();
            assertGoesAway(socket, HostileHttp2Case.FLOW_CONTROL_ERROR);
        }
    }

    @Test
    void aStreamBeyondTheHundredthIsRejectedUntilAnotherEnds() throws IOException {
        try (Http2Socket socket = Http2Socket.open(port)) {
            many(101, i -> socket.headers(2 * i + 1, 0, post()));
            socket.send();
            Http2Socket.Frame refused = socket.await(RST_STREAM);
            assertThat(refused.stream()).isEqualTo(201);
            assertThat(refused.errorCode()).isEqualTo(REFUSED_STREAM);
            socket.frame(RST_STREAM, 0, 1, number(CANCEL))
                    .headers(203, END_STREAM, GET)
                    .send();
            assertThat(socket.status(socket.await(HEADERS))).isEqualTo(200);
        }
    }

    /** Both ways to make the gateway work for a closed stream: CVE-2023-44487, and CVE-2025-8671, where the gateway resets it. */
    @Test
    void rapidResetsCloseTheConnection() throws IOException {
        List<BiConsumer<Http2Socket, Integer>> floods = List.of(
                (to, i) -> to.headers(2 * i + 1, END_STREAM, COLD).frame(RST_STREAM, 0, 2 * i + 1, number(CANCEL)),
                (to, i) -> to.headers(2 * i + 1, 0, post()).frame(WINDOW_UPDATE, 0, 2 * i + 1, number(0)));
        for (BiConsumer<Http2Socket, Integer> flood : floods) {
            int before = BEGUN.get();
            try (Http2Socket bounded = Http2Socket.open(port);
                    Http2Socket endless = Http2Socket.open(port);
                    Http2Socket other = Http2Socket.open(port)) {
                many(201, i -> flood.accept(bounded, i));
                bounded.send();
                assertGoesAway(bounded, ENHANCE_YOUR_CALM);
                many(5_000, i -> flood.accept(endless, i));
                endless.send();
                endless.readToEnd();
                other.headers(1, END_STREAM, GET).send();
                assertThat(other.status(other.await(HEADERS))).isEqualTo(200);
            }
            await().until(() -> UNFINISHED.get() == 0);
            assertThat(BEGUN.get() - before).isLessThan(20);
        }
    }

    private static void assertGoesAway(Http2Socket socket, int code) throws IOException {
        assertThat(socket.readToEnd())
                .filteredOn(frame -> frame.type() == GOAWAY)
                .isNotEmpty()
                .allSatisfy(frame -> assertThat(frame.errorCode()).isEqualTo(code));
    }

    @Test
    void unreadResponsesDoNotAccumulate() throws IOException {
        try (Http2Socket socket = Http2Socket.open(port)) {
            boolean open = true;
            // More than a closing connection drops.
            for (int i = 0; open && i < 4_000; i++) {
                many(1_000, ping -> socket.frame(PING, 0, 0, EIGHT));
                open = socket.send();
            }
            assertThat(open).isFalse();
        }
    }
}
