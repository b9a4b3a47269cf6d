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

    /** Each of the two event loops makes 512 connections to an address at once, and the clients of each send 700 requests. */
    @Test
    void aRequestThatWaitsBehindTheConnectsIsRepeatedToo() throws IOException {
        gatehouse.create("/upstreams", new JsonObject().put("name", "crowded"));
        weighted("crowded", full.port(), 99);
        weighted("crowded", live.port(), 1);
        api("crowd", "http://crowded", 1);
        gatehouse
                // The other target has as long for the connections of all of them.
                .admin("PATCH", "/services/crowd", new JsonObject().put("connect_timeout", 5_000))
                .isStatus(200);
        List<Http2Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 14; i++) {
                clients.add(crowd());
            }
            for (Http2Socket client : clients) {
                for (int i = 0; i < 100; i++) {
                    assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(200);
                }
            }
        } finally {
            for (Http2Socket client : clients) {
                client.close();
            }
        }
    }

    private static void weighted(String upstream, int port, int weight) {
        gatehouse.create(
                "/upstreams/" + upstream + "/targets",
                new JsonObject().put("target", "127.0.0.1:" + port).put("weight", weight));
    }

    /** A connection with as many requests as one may have. */
    private static Http2Socket crowd() throws IOException {
        Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"));
        for (int stream = 1; stream < 200; stream += 2) {
            client.headers(
                    stream, Http2Socket.END_STREAM, ":method: GET", ":scheme: http", ":authority: a", ":path: /crowd");
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
