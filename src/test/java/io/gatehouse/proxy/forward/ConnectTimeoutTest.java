package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.FullListener;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An upstream that takes no connection within {@code connect_timeout} (docs/reference/proxy.md#the-upstream-request). */
class ConnectTimeoutTest {
    /** Of a connection of a client. */
    private static final int MOST_STREAMS = 100;
    /** The stream of the first of the last five requests of a connection. */
    private static final int FIRST_BEHIND = 191;

    private static Gatehouse gatehouse;
    private static Upstream live;
    private static FullListener full;

    @BeforeAll
    static void start() throws IOException {
        gatehouse = Gatehouse.start();
        live = Upstream.start();
        full = new FullListener();
        gatehouse.create("/upstreams", new JsonObject().put("name", "half"));
        for (int port : List.of(full.port(), live.port())) {
            gatehouse.create("/upstreams/half/targets", new JsonObject().put("target", "127.0.0.1:" + port));
        }
    }

    @AfterAll
    static void stop() throws IOException {
        gatehouse.close();
        live.close();
        full.close();
    }

    private static void service(String name, String url, int retries) {
        gatehouse.create(
                "/services",
                new JsonObject()
                        .put("name", name)
                        .put("url", url)
                        .put("connect_timeout", 100)
                        .put("retries", retries));
    }

    private static void api(String name, String url, int retries) {
        service(name, url, retries);
        gatehouse.create(
                "/services/" + name + "/routes",
                new JsonObject().put("name", name).put("paths", List.of("/" + name)));
    }

    @Test
    void aConnectTimeoutIs504() {
        api("alone", "http://127.0.0.1:" + full.port(), 0);
        gatehouse.get("/alone").isMessage(504, "The upstream server is timing out");
    }

    @Test
    void aConnectTimeoutIsRetriedAsConfigured() {
        api("again", "http://127.0.0.1:" + full.port(), 3);
        long start = System.nanoTime();
        gatehouse.get("/again").isStatus(504);
        assertThat(System.nanoTime() - start).isGreaterThan(4 * 100_000_000L);
    }

    @Test
    void aTargetThatTimesOutIsSkippedForAnother() {
        api("spread", "http://half", 1);
        for (int i = 0; i < 4; i++) {
            gatehouse.get("/spread").isStatus(200);
        }
    }

    /**
     * Each of the two event loops makes 512 connections to an address at once, and the clients of each send it 665 requests to no
     * other target. Only the few behind them have one, so that its queue of connections stays short, which some systems limit to 128.
     */
    @Test
    void aRequestThatWaitsBehindTheConnectsIsRepeatedToo() throws IOException {
        api("crowd", "http://127.0.0.1:" + full.port(), 0);
        api("behind", "http://half", 1);
        for (String service : List.of("crowd", "behind")) {
            gatehouse
                    .admin("PATCH", "/services/" + service, new JsonObject().put("connect_timeout", 2_000))
                    .isStatus(200);
        }
        List<Http2Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 14; i++) {
                clients.add(crowd());
            }
            for (Http2Socket client : clients) {
                for (int i = 0; i < MOST_STREAMS; i++) {
                    Http2Socket.Frame response = client.await(Http2Socket.HEADERS);
                    assertThat(client.status(response)).isEqualTo(response.stream() < FIRST_BEHIND ? 504 : 200);
                }
            }
        } finally {
            for (Http2Socket client : clients) {
                client.close();
            }
        }
    }

    /** A connection with as many requests as one may have. */
    private static Http2Socket crowd() throws IOException {
        Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"));
        for (int stream = 1; stream < 2 * MOST_STREAMS; stream += 2) {
            String path = stream < FIRST_BEHIND ? "/crowd" : "/behind";
            client.headers(
                    stream, Http2Socket.END_STREAM, ":method: GET", ":scheme: http", ":authority: a", ":path: " + path);
        }
        client.send();
        return client;
    }

    @Test
    void aTargetThatTimesOutIsSkippedByACallOfGrpc() throws IOException {
        service("calls", "grpc://half", 1);
        gatehouse.create(
                "/services/calls/routes",
                new JsonObject().put("protocols", List.of("grpc")).put("paths", List.of("/calls.")));
        try (Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            for (int stream = 1; stream < 9; stream += 2) {
                client.headers(
                                stream,
                                Http2Socket.END_STREAM,
                                ":method: POST",
                                ":scheme: http",
                                ":authority: a",
                                ":path: /calls.A/B",
                                "content-type: application/grpc")
                        .send();
                assertThat(client.fields(client.await(Http2Socket.HEADERS)).get("content-type"))
                        .hasToString("application/json");
            }
        }
    }
}
