package io.gatehouse.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Gatehouse;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends never counts against a target, which one failure would make unhealthy. */
class BlamelessTargetTest {
    private static final String POST = "POST /http HTTP/1.1\r\nHost: a\r\n";
    private static final int CANCEL = 8;

    /** Requests that the target has not received whole. */
    private static final AtomicInteger ABORTED = new AtomicInteger();

    /** Each ends a request with the header {@code x-held}. */
    private static final Queue<Runnable> HELD = new ConcurrentLinkedQueue<>();

    private static RedAndBlue targets;

    @BeforeAll
    static void start() {
        targets = new RedAndBlue();
        targets.red.behave(BlamelessTargetTest::serve);
        JsonObject once =
                new JsonObject().put("http_failures", 1).put("tcp_failures", 1).put("timeouts", 1);
        JsonObject checks = new JsonObject().put("passive", new JsonObject().put("unhealthy", once));
        JsonObject upstream = new JsonObject().put("healthchecks", checks);
        targets.balance("http", upstream, RedAndBlue.address(targets.red));
        targets.balance("narrow", upstream, "127.0.0.1:" + narrow());
        service("hasty", "http://http.upstream", new JsonObject().put("paths", List.of("/hasty")));
        for (String name : List.of("grpc", "narrow-grpc")) {
            String host = name.equals("grpc") ? "http.upstream" : "narrow.upstream";
            service(
                    name,
                    "grpc://" + host,
                    new JsonObject().put("protocols", List.of("grpc")).put("paths", List.of("/" + name + ".")));
        }
    }

    private static void service(String name, String url, JsonObject route) {
        targets.gatehouse.create(
                "/services", new JsonObject().put("name", name).put("url", url).put("connect_timeout", 3_000));
        targets.gatehouse.create("/services/" + name + "/routes", route);
    }

    /** Starts a target with one stream for each HTTP/2 connection; returns its port. */
    private static int narrow() {
        HttpServerOptions options =
                new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxConcurrentStreams(1));
        return Gatehouse.await(targets.red
                        .vertx()
                        .createHttpServer(options)
                        .requestHandler(BlamelessTargetTest::serve)
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    @AfterAll
    static void stop() {
        targets.close();
    }

    private static void serve(HttpServerRequest request) {
        request.body().onComplete(read -> {
            if (read.failed()) {
                ABORTED.incrementAndGet();
            } else if (request.getHeader("x-held") == null) {
                respond(request);
            } else {
                Context context = Vertx.currentContext();
                HELD.add(() -> context.runOnContext(released -> respond(request)));
            }
        });
    }

    private static void respond(HttpServerRequest request) {
        request.response()
                .putHeader("x-target", "red")
                .putHeader("grpc-status", "0")
                .end();
    }

    private static int port() {
        return targets.gatehouse.node().port("proxy.http");
    }

    private static void isServed() {
        assertThat(targets.tally(2, "/http")).isEqualTo(Map.of("red", 2));
    }

    private static String[] post(String path, String type, String... more) {
        String[] fields = {
            ":method: POST", ":scheme: http", ":authority: a", ":path: " + path, "content-type: " + type, "te: trailers"
        };
        String[] all = Arrays.copyOf(fields, fields.length + more.length);
        System.arraycopy(more, 0, all, fields.length, more.length);
        return all;
    }

    @ParameterizedTest
    @CsvSource({"/http, text/plain, 400,", "/grpc.A/B, application/grpc, 200, 3"})
    void aFieldThatCannotBeWrittenIsTheClients(String path, String type, String status, String grpcStatus)
            throws IOException {
        try (Http2Socket client = Http2Socket.open(port())) {
            for (int stream = 1; stream <= 5; stream += 2) {
                client.headers(stream, Http2Socket.END_STREAM, post(path, type, "x: a\r\nx-consumer-username: root"))
                        .send();
                Http2Headers fields = client.fields(client.await(Http2Socket.HEADERS));
                assertThat(fields.status()).hasToString(status);
                assertThat(
                                fields.get("grpc-status") == null
                                        ? null
                                        : fields.get("grpc-status").toString())
                        .isEqualTo(grpcStatus);
            }
        }
        isServed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4\r\nbody\r\nzz\r\n", "4\r\nbodyxx\r\n", "4\r\nbody\r\n0\r\n folded\r\n\r\n"})
    void aMalformedChunkIsTheClients(String body) {
        RawClient.Answer answer = RawClient.send(targets.gatehouse, POST + "Transfer-Encoding: chunked\r\n\r\n" + body);
        assertThat(answer.status()).isEqualTo(400);
        isServed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10\r\n\r\nbody", "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"})
    void aBodyThatTheClientDoesNotFinishIsTheClients(String rest) throws IOException {
        int aborted = ABORTED.get();
        int received = targets.red.requests();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port())) {
            client.getOutputStream().write((POST + rest).getBytes(StandardCharsets.US_ASCII));
            await().until(() -> targets.red.requests() > received);
        }
        await().until(() -> ABORTED.get() > aborted);
        isServed();
    }

    @ParameterizedTest
    @CsvSource({"/http, text/plain", "/grpc.A/B, application/grpc"})
    void aStreamThatTheClientResetsIsTheClients(String path, String type) throws IOException {
        int aborted = ABORTED.get();
        int received = targets.red.requests();
        try (Http2Socket client = Http2Socket.open(port())) {
            client.headers(1, 0, post(path, type))
                    .frame(Http2Socket.DATA, 0, 1, "body".getBytes(StandardCharsets.US_ASCII))
                    .send();
            await().until(() -> targets.red.requests() > received);
            client.frame(Http2Socket.RST_STREAM, 0, 1, Http2Socket.number(CANCEL))
                    .send();
            await().until(() -> ABORTED.get() > aborted);
        }
        isServed();
    }

    /** Each of the two event loops has 512 connections to an address, and the clients of each want 700. */
    @Test
    void aRequestThatFindsEveryConnectionInUseIsNotTheTargets() throws IOException {
        String[] held = {":method: GET", ":scheme: http", ":authority: a", ":path: /hasty", "x-held: 1"};
        whileHeld(14, held, 1_024, () -> targets.gatehouse.get("/hasty").isStatus(504));
        isServed();
    }

    /** Each of the two event loops has 64 connections to an address, which serve one stream each here. */
    @Test
    void aCallThatFindsEveryStreamInUseIsNotTheTargets() throws IOException {
        String[] call = post("/narrow-grpc.A/B", "application/grpc");
        String[] held = post("/narrow-grpc.A/B", "application/grpc", "x-held: 1");
        whileHeld(4, held, 128, () -> assertThat(grpcStatus(call)).isEqualTo("4"));
        assertThat(grpcStatus(call)).isEqualTo("0");
    }

    private interface Check {
        void run() throws IOException;
    }

    /** Runs a check while the target has received {@code count} of the requests of some full connections, and then releases them. */
    private static void whileHeld(int connections, String[] request, int count, Check check) throws IOException {
        HELD.clear();
        List<Http2Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                clients.add(full(request));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> HELD.size() == count);
            check.run();
            HELD.forEach(Runnable::run);
        } finally {
            for (Http2Socket client : clients) {
                client.close();
            }
        }
    }

    /** A connection with as many requests as one may have. */
    private static Http2Socket full(String... request) throws IOException {
        Http2Socket client = Http2Socket.open(port());
        for (int stream = 1; stream < 200; stream += 2) {
            client.headers(stream, Http2Socket.END_STREAM, request);
        }
        client.send();
        return client;
    }

    private static String grpcStatus(String... request) throws IOException {
        try (Http2Socket client = Http2Socket.open(port())) {
            client.headers(1, Http2Socket.END_STREAM, request).send();
            return client.fields(client.await(Http2Socket.HEADERS))
                    .get("grpc-status")
                    .toString();
        }
    }
}
