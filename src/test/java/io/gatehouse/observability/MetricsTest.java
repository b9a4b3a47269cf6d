package io.gatehouse.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the metrics of requests and upstreams in {@code /metrics} (docs/reference/observability.md). */
class MetricsTest {
    private static Upstream upstream;
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start(Gatehouse.withKongNames(Gatehouse.config(TestDatabase.create(), List.of())));
        gatehouse.createApi("open", "/open", upstream.port());
        gatehouse.createApi("refused", "/refused", 1);
        gatehouse.createApi("guarded", "/guarded", upstream.port());
        gatehouse.protect("guarded", new JsonObject());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @BeforeEach
    void echo() {
        upstream.behave(Upstream::echo);
    }

    private static double requests(String... labels) {
        return Scrape.of(gatehouse).sum("gatehouse_requests_total", labels);
    }

    /** The node counts after the last byte of the response, which the client may read before. */
    private static void awaitRequests(double expected, String... labels) {
        await().untilAsserted(() -> assertThat(requests(labels)).isEqualTo(expected));
    }

    @Test
    void anUpstreamResponseIsCountedWithOriginUpstream() {
        double before =
                requests("route", "open", "service", "open", "code", "200", "source", "upstream", "fault", "none");

        gatehouse.get("/open").isStatus(200);
        gatehouse.get("/open").isStatus(200);

        awaitRequests(
                before + 2, "route", "open", "service", "open", "code", "200", "source", "upstream", "fault", "none");
    }

    @Test
    void aServerErrorOfTheUpstreamIsItsFaultAndAClientErrorTheClients() {
        upstream.behave(request -> request.response().setStatusCode(503).end());
        gatehouse.get("/open").isStatus(503);
        upstream.behave(request -> request.response().setStatusCode(409).end());
        gatehouse.get("/open").isStatus(409);

        awaitRequests(1, "route", "open", "code", "503", "source", "upstream", "fault", "upstream");
        awaitRequests(1, "route", "open", "code", "409", "source", "upstream", "fault", "client");
    }

    @Test
    void anUnreachableUpstreamIsAtFaultForTheGatewaysErrorResponse() {
        gatehouse.get("/refused").isStatus(502);

        assertThat(requests("route", "refused", "code", "502", "source", "gateway", "fault", "upstream"))
                .isPositive();
    }

    @Test
    void aRequestThatTheGatewayRejectsIsTheClientsFault() {
        gatehouse.get("/guarded").isStatus(401);

        assertThat(requests("route", "guarded", "code", "401", "source", "gateway", "fault", "client"))
                .isPositive();
    }

    @Test
    void aRequestWithoutARouteIsCountedWithoutRoute() {
        gatehouse.get("/nowhere").isStatus(404);

        assertThat(requests("route", "none", "service", "none", "code", "404", "source", "gateway", "fault", "client"))
                .isPositive();
    }

    @Test
    void aMalformedRequestIsCounted() throws IOException {
        double before = requests("route", "none", "code", "400");

        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"))) {
            socket.getOutputStream()
                    .write("GET /open HTTP/1.1\r\nHost : x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400");
        }

        awaitRequests(before + 1, "route", "none", "code", "400");
    }

    @Test
    void aClientThatDisconnectsIsCountedAs499() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        upstream.behave(request -> arrived.countDown());
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"))) {
            socket.getOutputStream().write("GET /open HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        }

        await().untilAsserted(() -> assertThat(
                        requests("route", "open", "code", "499", "source", "gateway", "fault", "client"))
                .isPositive());
        assertThat(Scrape.of(gatehouse).sum("gatehouse_responses_incomplete_total", "route", "open"))
                .isPositive();
    }

    @Test
    void gatewayTimeAndUpstreamTimeAreSeparate() {
        upstream.behave(request ->
                upstream.vertx().setTimer(30, timer -> request.response().end("late")));
        gatehouse.get("/open").isStatus(200);

        String[] route = {"route", "open", "service", "open"};
        // Counted when its last byte has been sent, which the client may have read before.
        await().untilAsserted(
                        () -> assertThat(Scrape.of(gatehouse).sum("gatehouse_upstream_duration_seconds_sum", route))
                                .isGreaterThan(0.029));
        Scrape scrape = Scrape.of(gatehouse);
        assertThat(scrape.sum("gatehouse_gateway_duration_seconds_count", route))
                .isEqualTo(scrape.sum("gatehouse_request_duration_seconds_count", route))
                .isEqualTo(scrape.sum("gatehouse_requests_total", route));
        assertThat(scrape.sum("gatehouse_request_duration_seconds_sum", route))
                .isGreaterThanOrEqualTo(scrape.sum("gatehouse_upstream_duration_seconds_sum", route)
                        + scrape.sum("gatehouse_gateway_duration_seconds_sum", route)
                        - 1e-6);
        assertThat(scrape.sum("gatehouse_request_duration_seconds_bucket", "route", "open", "le", "+Inf"))
                .isEqualTo(scrape.sum("gatehouse_request_duration_seconds_count", route));
        assertThat(scrape.sum("gatehouse_upstream_duration_seconds_bucket", "route", "open", "le", "0.01"))
                .isLessThan(scrape.sum("gatehouse_upstream_duration_seconds_count", route));
    }

    @Test
    void requestAndResponseBytesAreCounted() {
        Scrape before = Scrape.of(gatehouse);
        upstream.behave(request ->
                request.body().onSuccess(body -> request.response().end("x".repeat(700))));
        Http.send(Http.request("POST", gatehouse.proxyUrl("/open"), "text/plain", "y".repeat(300)))
                .isStatus(200);

        // The node counts after the last byte of the response, which the client may read before.
        await().untilAsserted(() -> {
            Scrape after = Scrape.of(gatehouse);
            assertThat(after.sum("gatehouse_request_bytes_total", "route", "open"))
                    .isEqualTo(before.sum("gatehouse_request_bytes_total", "route", "open") + 300);
            assertThat(after.sum("gatehouse_response_bytes_total", "route", "open"))
                    .isEqualTo(before.sum("gatehouse_response_bytes_total", "route", "open") + 700);
        });
    }

    @Test
    void metersOfADeletedRouteAreRemovedAndARenamedRouteStartsAtZero() {
        JsonObject route = gatehouse.createApi("passing", "/passing", upstream.port());
        gatehouse.get("/passing").isStatus(200);
        awaitRequests(1, "route", "passing");
        // Another change of the configuration does not reset them.
        gatehouse.create("/consumers", new JsonObject().put("username", "another"));
        gatehouse.createApi("another", "/another", upstream.port());
        awaitRequests(1, "route", "passing");

        gatehouse
                .admin("PATCH", "/routes/" + route.getString("id"), new JsonObject().put("name", "renamed"))
                .isStatus(200);
        gatehouse.get("/passing").isStatus(200);
        awaitRequests(1, "route", "renamed");
        assertThat(Scrape.of(gatehouse).toString()).doesNotContain("route=\"passing\"");

        gatehouse.admin("DELETE", "/routes/renamed").isStatus(204);
        assertThat(Scrape.of(gatehouse).toString()).doesNotContain("route=\"renamed\"");
    }

    @Test
    void aWebSocketIsInFlightUntilItClosesAndThenCounted() {
        upstream.behave(request ->
                request.toWebSocket().onSuccess(socket -> socket.textMessageHandler(socket::writeTextMessage)));
        double before = Scrape.of(gatehouse).sum("gatehouse_connections_active");
        WebSocketClient client = upstream.vertx().createWebSocketClient();
        WebSocket socket =
                Gatehouse.await(client.connect(gatehouse.node().port("proxy.http"), "127.0.0.1", "/open/socket"));
        assertThat(Scrape.of(gatehouse).sum("gatehouse_requests_in_flight")).isEqualTo(1);

        Gatehouse.await(socket.close());
        Gatehouse.await(client.close());

        await().untilAsserted(() -> assertThat(
                        requests("route", "open", "code", "101", "source", "upstream", "fault", "none"))
                .isEqualTo(1));
        assertThat(Scrape.of(gatehouse).sum("gatehouse_requests_in_flight")).isZero();
        assertThat(Scrape.of(gatehouse).sum("gatehouse_connections_active")).isEqualTo(before);
    }

    @Test
    void theHealthOfTargetsIsExported() {
        gatehouse.create("/upstreams", new JsonObject().put("name", "pool"));
        gatehouse.create("/upstreams/pool/targets", new JsonObject().put("target", "127.0.0.1:" + upstream.port()));

        Scrape scrape = Scrape.of(gatehouse);
        String target = "127.0.0.1:" + upstream.port();
        assertThat(scrape.sum(
                        "gatehouse_upstream_target_healthy", "upstream", "pool", "target", target, "address", target))
                .isEqualTo(1);
        assertThat(scrape.sum(
                        "kong_upstream_target_health",
                        "upstream",
                        "pool",
                        "state",
                        "healthchecks_off",
                        "address",
                        target))
                .isEqualTo(1);

        gatehouse.admin("DELETE", "/upstreams/pool").isStatus(204);
        assertThat(Scrape.of(gatehouse).find("gatehouse_upstream_target_healthy", "upstream", "pool"))
                .isEmpty();
    }

    @Test
    void kongsMetricsHaveTheSameValues() {
        gatehouse.get("/open").isStatus(200);
        gatehouse.get("/refused").isStatus(502);
        gatehouse.get("/guarded").isStatus(401);
        await().until(() -> requests("route", "open", "code", "200") > 0
                && requests("route", "refused", "code", "502") > 0
                && requests("route", "guarded", "code", "401") > 0);

        Scrape scrape = Scrape.of(gatehouse);
        String requests = "kong_http_requests_total";
        assertThat(scrape.sum(requests, "service", "open", "route", "open", "code", "200", "source", "service"))
                .isEqualTo(scrape.sum("gatehouse_requests_total", "route", "open", "code", "200"));
        assertThat(scrape.sum(requests, "route", "refused", "code", "502", "source", "error"))
                .isPositive();
        assertThat(scrape.sum(requests, "route", "guarded", "code", "401", "source", "exit"))
                .isPositive();
        assertThat(scrape.sum("kong_request_latency_ms_count", "route", "open"))
                .isEqualTo(scrape.sum("gatehouse_request_duration_seconds_count", "route", "open"));
        assertThat(scrape.find("kong_kong_latency_ms_bucket", "route", "open", "le", "0.5"))
                .hasSize(1);
        assertThat(scrape.find("kong_upstream_latency_ms_sum", "route", "open")).hasSize(1);
        assertThat(scrape.sum("kong_bandwidth_bytes", "route", "open", "direction", "egress"))
                .isEqualTo(scrape.sum("gatehouse_response_bytes_total", "route", "open"));
        assertThat(scrape.sum("kong_datastore_reachable")).isEqualTo(1);
        assertThat(scrape.sum("kong_node_info")).isEqualTo(1);
    }
}
