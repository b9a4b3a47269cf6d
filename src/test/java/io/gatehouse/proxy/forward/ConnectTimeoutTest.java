package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.FullListener;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
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
