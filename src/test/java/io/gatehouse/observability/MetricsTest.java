package io.gatehouse.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What /metrics says of a node under real traffic (docs/reference/observability.md). */
class MetricsTest {
    private static Upstream upstream;
    private static Gatehouse gatehouse;
    private static PostgresConfig postgres;
    private static JsonObject application;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        postgres = TestDatabase.create();
        gatehouse = Gatehouse.start(Gatehouse.withKongNames(Gatehouse.config(postgres, List.of())));
        gatehouse.createApi("open", "/open", upstream.port());
        gatehouse.createApi("refused", "/refused", 1);
        gatehouse.createApi("guarded", "/guarded", upstream.port());
        gatehouse.protect(
                "guarded", new JsonObject().put("global_credentials", true).put("enable_revocation", true));
        application = gatehouse.register("alex", new JsonObject());
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
    void whatTheUpstreamAnsweredIsCountedAsItsOwn() {
        double before =
                requests("route", "open", "service", "open", "code", "200", "source", "upstream", "fault", "none");

        gatehouse.get("/open").isStatus(200);
        gatehouse.get("/open").isStatus(200);

        awaitRequests(
                before + 2, "route", "open", "service", "open", "code", "200", "source", "upstream", "fault", "none");
    }

    @Test
    void anErrorOfTheUpstreamIsTheUpstreamsFaultAndARefusalTheClients() {
        upstream.behave(request -> request.response().setStatusCode(503).end());
        gatehouse.get("/open").isStatus(503);
        upstream.behave(request -> request.response().setStatusCode(409).end());
        gatehouse.get("/open").isStatus(409);

        awaitRequests(1, "route", "open", "code", "503", "source", "upstream", "fault", "upstream");
        awaitRequests(1, "route", "open", "code", "409", "source", "upstream", "fault", "client");
    }

    @Test
    void anUpstreamThatDoesNotAnswerIsAtFaultThoughTheGatewayAnswers() {
        gatehouse.get("/refused").isStatus(502);

        assertThat(requests("route", "refused", "code", "502", "source", "gateway", "fault", "upstream"))
                .isPositive();
    }

    @Test
    void whatTheGatewayRefusesIsTheClientsFault() {
        gatehouse.get("/guarded").isStatus(401);

        assertThat(requests("route", "guarded", "code", "401", "source", "gateway", "fault", "client"))
                .isPositive();
    }

    @Test
    void whatTakesNoRouteIsCountedUnderNone() {
        gatehouse.get("/nowhere").isStatus(404);

        assertThat(requests("route", "none", "service", "none", "code", "404", "source", "gateway", "fault", "client"))
                .isPositive();
    }

    @Test
    void aRequestNobodyCanReadIsCountedToo() throws IOException {
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
    void aClientThatDoesNotWaitIs499() throws Exception {
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
    void gatewayAndUpstreamTimeAreApart() {
        upstream.behave(request ->
                upstream.vertx().setTimer(30, timer -> request.response().end("late")));
        gatehouse.get("/open").isStatus(200);

        Scrape scrape = Scrape.of(gatehouse);
        String[] route = {"route", "open", "service", "open"};
        assertThat(scrape.sum("gatehouse_upstream_duration_seconds_sum", route)).isGreaterThan(0.029);
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
    void bytesOfBodiesAreCountedBothWays() {
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
    void aDeletedRouteTakesItsMetersWithItAndARenamedOneStartsAnew() {
        JsonObject route = gatehouse.createApi("passing", "/passing", upstream.port());
        gatehouse.get("/passing").isStatus(200);
        awaitRequests(1, "route", "passing");
        // Any other change of the configuration leaves it as it is.
        gatehouse.create("/consumers", new JsonObject().put("username", "somebody"));
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
    void aWebSocketIsInFlightUntilItEndsAndThenCounted() {
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
    void lookupsTellWhereTheyEnded() {
        String token = gatehouse.clientCredentialsToken("/guarded", application);
        Scrape before = Scrape.of(gatehouse);
        gatehouse.getWithToken("/guarded", token).isStatus(200);
        gatehouse.getWithToken("/guarded", token).isStatus(200);
        gatehouse.getWithToken("/guarded", "nonsense").isStatus(401);
        gatehouse.getWithToken("/guarded", "nonsense").isStatus(401);

        Scrape after = Scrape.of(gatehouse);
        // The issuer put it into the shared cache; from there this process took it.
        assertThat(lookups(after, "known", "shared")).isEqualTo(lookups(before, "known", "shared") + 1);
        assertThat(lookups(after, "known", "process")).isEqualTo(lookups(before, "known", "process") + 1);
        assertThat(lookups(after, "unknown", "issuer")).isEqualTo(lookups(before, "unknown", "issuer") + 1);
        assertThat(lookups(after, "unknown", "process")).isEqualTo(lookups(before, "unknown", "process") + 1);
        assertThat(after.find(
                        "gatehouse_token_lookups_total", "outcome", "unavailable", "level", "issuer", "kind", "token"))
                .hasSize(1);
    }

    private static double lookups(Scrape scrape, String outcome, String level) {
        return scrape.sum("gatehouse_token_lookups_total", "kind", "token", "outcome", outcome, "level", level);
    }

    @Test
    void tokensIssuedAndRefusedAndRevokedAreCounted() {
        Scrape before = Scrape.of(gatehouse);
        String token = gatehouse.clientCredentialsToken("/guarded", application);
        String another = gatehouse.clientCredentialsToken("/guarded", application);
        gatehouse
                .token("/guarded", Map.of("grant_type", "made-up", "client_id", "x"))
                .isStatus(400);
        gatehouse
                .token("/guarded", Map.of("grant_type", "client_credentials", "client_id", "x", "client_secret", "y"))
                .isStatus(400);
        Map<String, String> revocation = Map.of(
                "token",
                token,
                "client_id",
                application.getString("client_id"),
                "client_secret",
                application.getString("client_secret"));
        Http.send(Http.form(gatehouse.secureUrl("/guarded/oauth2/revoke"), revocation))
                .isStatus(200);
        Http.send(Http.form(gatehouse.secureUrl("/guarded/oauth2/revoke"), revocation))
                .isStatus(200);
        gatehouse.admin("DELETE", "/oauth2_tokens/" + another).isStatus(204);

        Scrape after = Scrape.of(gatehouse);
        String name = "gatehouse_tokens_issued_total";
        String[] issued = {"grant", "client_credentials", "result", "issued"};
        assertThat(after.sum(name, issued)).isEqualTo(before.sum(name, issued) + 2);
        assertThat(after.sum(name, "grant", "other")).isEqualTo(before.sum(name, "grant", "other") + 1);
        assertThat(after.sum(name, "grant", "client_credentials", "result", "invalid_client"))
                .isPositive();
        assertThat(after.toString()).doesNotContain("made-up");
        assertThat(after.sum("gatehouse_revocations_total", "by", "client"))
                .isEqualTo(before.sum("gatehouse_revocations_total", "by", "client") + 1);
        assertThat(after.sum("gatehouse_revocations_total", "by", "admin"))
                .isEqualTo(before.sum("gatehouse_revocations_total", "by", "admin") + 1);
    }

    @Test
    void aChangeIsTimedUntilEveryNodeServesIt() {
        double before = Scrape.of(gatehouse).sum("gatehouse_admin_propagation_seconds_count");

        gatehouse.createApi("timed", "/timed", upstream.port());

        Scrape scrape = Scrape.of(gatehouse);
        assertThat(scrape.sum("gatehouse_admin_propagation_seconds_count")).isEqualTo(before + 2);
        assertThat(scrape.sum("gatehouse_admin_propagation_seconds_sum")).isPositive();
        assertThat(scrape.sum("gatehouse_admin_late_nodes_total")).isZero();
        assertThat(scrape.sum("gatehouse_catalog_version")).isPositive();
        assertThat(scrape.sum("gatehouse_cluster_members")).isEqualTo(1);
    }

    @Test
    void theProcessShowsItsPoolItsEventLoopsAndItsConnections() {
        gatehouse.get("/open").isStatus(200);

        Scrape scrape = Scrape.of(gatehouse);
        assertThat(scrape.sum("gatehouse_database_pool_connections_max")).isEqualTo(postgres.poolSize());
        assertThat(scrape.find("gatehouse_database_pool_connections_used")).hasSize(1);
        assertThat(scrape.sum("gatehouse_database_pool_connections_used")).isBetween(0.0, (double) postgres.poolSize());
        assertThat(scrape.sum("gatehouse_database_pool_pending")).isZero();
        assertThat(scrape.sum("gatehouse_database_pool_wait_seconds_count")).isPositive();
        assertThat(scrape.sum("gatehouse_database_reachable")).isEqualTo(1);
        assertThat(scrape.find("gatehouse_event_loop_lag_seconds")).hasSize(2);
        assertThat(scrape.sum("gatehouse_connections_active")).isPositive();
        assertThat(scrape.sum("gatehouse_connections_accepted_total")).isPositive();
        assertThat(scrape.sum("gatehouse_node_info")).isEqualTo(1);
    }

    @Test
    void aNodeThatIsNoProxySaysWhichItIsToo() {
        try (Gatehouse admin = Gatehouse.start(Gatehouse.config(
                Set.of(Role.ADMIN),
                TestDatabase.create(),
                List.of(),
                new ClusterConfig(false, "gatehouse", new ListenAddress("127.0.0.1", 5701), List.of(), null)))) {
            assertThat(Scrape.of(admin).find("gatehouse_node_info"))
                    .singleElement()
                    .satisfies(info -> assertThat(info.labels())
                            .containsEntry(
                                    "node_id", admin.admin("GET", "/").json().getString("node_id")));
        }
    }

    @Test
    void targetsShowTheirHealth() {
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
    void kongsNamesSayTheSame() {
        gatehouse.get("/open").isStatus(200);
        gatehouse.get("/refused").isStatus(502);
        gatehouse.get("/guarded").isStatus(401);

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
