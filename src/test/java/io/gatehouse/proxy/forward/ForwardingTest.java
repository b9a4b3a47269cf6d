package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The upstream request and the client's response (docs/reference/proxy.md#the-upstream-request, docs/reference/proxy.md#responses). */
class ForwardingTest {
    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @AfterEach
    void behave() {
        upstream.behave(Upstream::echo);
    }

    @Test
    void theUpstreamReceivesTheClientsAddressFromTheConnectionAlone() {
        Reply reply = gatehouse.get(
                "/api/x", "X-Forwarded-For", "6.6.6.6", "X-Forwarded-Proto", "https", "X-Real-IP", "6.6.6.6");

        assertThat(reply.upstreamHeader("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(reply.upstreamHeader("x-real-ip")).isEqualTo("127.0.0.1");
        assertThat(reply.upstreamHeader("x-forwarded-proto")).isEqualTo("http");
        assertThat(reply.upstreamHeader("x-forwarded-host")).isEqualTo("127.0.0.1");
        assertThat(reply.upstreamHeader("x-forwarded-port"))
                .isEqualTo(String.valueOf(gatehouse.node().port("proxy.http")));
        assertThat(reply.upstreamHeader("x-forwarded-path")).isEqualTo("/api/x");
        assertThat(reply.upstreamHeader("x-forwarded-prefix")).isEqualTo("/api");
        assertThat(reply.upstreamHeader("via")).isEqualTo("1.1 gatehouse");
        assertThat(reply.header("via")).isEqualTo("1.1 gatehouse");
        assertThat(reply.upstreamHeader("host")).isEqualTo("127.0.0.1:" + upstream.port());
        assertThat(reply.upstreamHeader("x-kong-request-id")).isEqualTo(reply.header("x-kong-request-id"));
        assertThat(reply.header("x-kong-upstream-latency")).matches("\\d+");
        assertThat(reply.header("x-kong-proxy-latency")).matches("\\d+");
    }

    @Test
    void theHeadersOfATrustedPeerAreKept() {
        try (Gatehouse trusting = Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.0/8")))) {
            trusting.createApi("api", "/api", upstream.port());
            Reply reply = trusting.get("/api", "X-Forwarded-For", "6.6.6.6", "X-Forwarded-Proto", "https");
            assertThat(reply.upstreamHeader("x-forwarded-for")).isEqualTo("6.6.6.6, 127.0.0.1");
            assertThat(reply.upstreamHeader("x-forwarded-proto")).isEqualTo("https");
        }
    }

    @Test
    void hopByHopHeadersAreNotForwarded() {
        RawClient.Answer answer = RawClient.send(
                gatehouse,
                String.join(
                        "\r\n",
                        "GET /api HTTP/1.1",
                        "Host: a",
                        "Connection: close, X-Secret",
                        "X-Secret: s",
                        "Keep-Alive: 5",
                        "Proxy-Authorization: p",
                        "TE: trailers, deflate",
                        "X_Consumer_Username: root",
                        "",
                        ""));

        String body = answer.text().substring(answer.text().indexOf("\r\n\r\n"));
        assertThat(body)
                .doesNotContainIgnoringCase("x-secret")
                .doesNotContainIgnoringCase("keep-alive")
                .doesNotContainIgnoringCase("proxy-authorization")
                .doesNotContain("root")
                .contains("\"te\":\"trailers\"");
    }

    @Test
    void theUpstreamsHopByHopHeadersAreDroppedAndAllCookiesArrive() {
        upstream.behave(request -> request.response()
                .putHeader("Connection", "X-Internal")
                .putHeader("X-Internal", "i")
                .putHeader("Set-Cookie", List.<CharSequence>of("a=1", "b=2"))
                .end());
        Reply reply = gatehouse.get("/api").isStatus(200);
        assertThat(reply.header("x-internal")).isNull();
        assertThat(reply.response().headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
    }

    @Test
    void aTraceIsPassedOnOrStarted() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assertThat(gatehouse.get("/api", "traceparent", trace).upstreamHeader("traceparent"))
                .isEqualTo(trace);
        Reply reply = gatehouse.get("/api");
        assertThat(reply.upstreamHeader("traceparent")).startsWith("00-" + reply.header("x-kong-request-id") + "-");
    }

    @Test
    void theClientsHostIsPreservedIfTheRouteConfiguresIt() {
        gatehouse.create(
                "/services/api/routes",
                new JsonObject().put("paths", List.of("/kept")).put("preserve_host", true));
        assertThat(gatehouse.get("/kept").upstreamHeader("host"))
                .isEqualTo("127.0.0.1:" + gatehouse.node().port("proxy.http"));
    }

    @Test
    void theQueryArrivesUnchanged() {
        assertThat(gatehouse.get("/api/p?a=%2F&b=c%20d&&e").json().getString("uri"))
                .isEqualTo("/p?a=%2F&b=c%20d&&e");
    }

    @Test
    void aBodyIsStreamedWithLengthOrInChunks() {
        String large = "x".repeat(3_000_000);
        String url = gatehouse.proxyUrl("/api");
        Reply sized = Http.send(Http.request("POST", url, "text/plain", large)).isStatus(200);
        assertThat(sized.json().getString("body")).isEqualTo(large);
        Reply chunked = Http.send(Http.get(url)
                        .POST(HttpRequest.BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8)))))
                .isStatus(200);
        assertThat(chunked.json().getString("body")).isEqualTo(large);
    }

    @Test
    void headNoContentAndNotModifiedHaveNoBody() {
        upstream.behave(request -> {
            switch (request.path()) {
                case "/204" -> request.response().setStatusCode(204).end();
                case "/304" -> request.response().setStatusCode(304).end();
                default -> request.response().putHeader("content-length", "5").end();
            }
        });
        gatehouse.get("/api/204").isStatus(204);
        gatehouse.get("/api/304").isStatus(304);
        Reply head = Http.send(
                Http.get(gatehouse.proxyUrl("/api/head")).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.isStatus(200).header("content-length")).isEqualTo("5");
    }

    @Test
    void trailersArePassedOn() {
        upstream.behave(request -> request.response()
                .setChunked(true)
                .putTrailer("X-Checksum", "abc")
                .end("body"));
        RawClient.Answer answer =
                RawClient.send(gatehouse, "GET /api HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close\r\n\r\n");
        assertThat(answer.text()).containsIgnoringCase("x-checksum: abc");
    }

    @Test
    void anAbortedResponseNeverLooksComplete() {
        upstream.behave(request -> {
            request.response().setChunked(true).write("half of it");
            request.response().exceptionHandler(ignored -> {});
            upstream.vertx().setTimer(50, timer -> request.connection().close());
        });
        assertThatThrownBy(() -> gatehouse.get("/api")).isInstanceOf(CompletionException.class);
        RawClient.Answer raw = RawClient.send(gatehouse, "GET /api HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(raw.text()).contains("half of it").doesNotContain("0\r\n\r\n");
        assertThat(raw.closed()).isTrue();
    }

    @Test
    void anUpstreamWritesOnlyWhatAClientReads() throws IOException {
        AtomicLong written = new AtomicLong();
        AtomicBoolean full = new AtomicBoolean();
        Buffer chunk = Buffer.buffer(new byte[64 * 1024]);
        upstream.behave(request -> {
            request.response().setChunked(true).exceptionHandler(gone -> {});
            pump(request.response(), chunk, written, full);
        });
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"))) {
            socket.getOutputStream().write("GET /api HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            await().untilTrue(full);
            long before = written.get();
            // The client does not read, so the bytes stay in socket buffers, which are small compared with the stream.
            assertThat(before).isLessThan(64L * 1024 * 1024);
        }
    }

    private static void pump(HttpServerResponse response, Buffer chunk, AtomicLong written, AtomicBoolean full) {
        while (!response.writeQueueFull() && written.get() < 256L * 1024 * 1024) {
            written.addAndGet(chunk.length());
            response.write(chunk);
        }
        full.set(written.get() > 1024 * 1024);
        response.drainHandler(drained -> pump(response, chunk, written, full));
    }

    @Test
    void aClientThatLeavesReleasesTheUpstream() throws IOException {
        AtomicBoolean released = new AtomicBoolean();
        AtomicBoolean reached = new AtomicBoolean();
        upstream.behave(request -> {
            reached.set(true);
            request.connection().closeHandler(closed -> released.set(true));
        });
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"));
        socket.getOutputStream().write("GET /api HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        await().untilTrue(reached);
        socket.close();
        await().untilTrue(released);
    }

    @Test
    void aWebSocketIsCarriedBothWaysUntilOneSideCloses() {
        upstream.behave(request -> request.toWebSocket()
                .onSuccess(socket -> socket.textMessageHandler(text -> {
                    if (text.equals("bye")) {
                        socket.close();
                    } else {
                        socket.writeTextMessage("echo " + text);
                    }
                })));
        Promise<String> answer = Promise.promise();
        Promise<Void> closed = Promise.promise();
        WebSocket socket = Gatehouse.await(upstream.webSockets()
                .connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(gatehouse.node().port("proxy.http"))
                        .setURI("/api/ws")));
        socket.textMessageHandler(answer::tryComplete);
        socket.closeHandler(ignored -> closed.tryComplete());

        Gatehouse.await(socket.writeTextMessage("hello"));
        assertThat(Gatehouse.await(answer.future())).isEqualTo("echo hello");
        Gatehouse.await(socket.writeTextMessage("bye"));
        Gatehouse.await(closed.future());
    }

    @Test
    void aNodeThatStopsFinishesWhatIsInFlight() {
        Gatehouse leaving = Gatehouse.start();
        leaving.createApi("api", "/api", upstream.port());
        Promise<Void> release = Promise.promise();
        AtomicBoolean reached = new AtomicBoolean();
        upstream.behave(request -> {
            reached.set(true);
            release.future().onSuccess(go -> request.response().end("late"));
        });
        CompletableFuture<Reply> reply = Http.sendAsync(Http.get(leaving.proxyUrl("/api")));
        await().untilTrue(reached);

        CompletableFuture<Void> closed =
                leaving.node().close().toCompletionStage().toCompletableFuture();
        release.complete();

        assertThat(reply.join().isStatus(200).text()).isEqualTo("late");
        closed.join();
    }
}
