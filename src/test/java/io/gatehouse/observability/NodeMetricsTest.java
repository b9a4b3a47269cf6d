package io.gatehouse.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the metrics of tokens, changes and the node in {@code /metrics} (docs/reference/observability.md). */
class NodeMetricsTest {
    private static Upstream upstream;
    private static Gatehouse gatehouse;
    private static PostgresConfig postgres;
    private static JsonObject application;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        postgres = TestDatabase.create();
        gatehouse = Gatehouse.start(Gatehouse.config(postgres, List.of()));
        gatehouse.createApi("open", "/open", upstream.port());
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

    @Test
    void lookupsAreCountedByOutcomeAndLevel() {
        String token = gatehouse.clientCredentialsToken("/guarded", application);
        Scrape before = Scrape.of(gatehouse);
        gatehouse.getWithToken("/guarded", token).isStatus(200);
        gatehouse.getWithToken("/guarded", token).isStatus(200);
        gatehouse.getWithToken("/guarded", "nonsense").isStatus(401);
        gatehouse.getWithToken("/guarded", "nonsense").isStatus(401);

        Scrape after = Scrape.of(gatehouse);
        // The issuer put the token into the shared cache, and this process read it there.
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
    void issuedRejectedAndRevokedTokensAreCounted() {
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
    void thePropagationTimeOfAChangeIsRecorded() {
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
    void poolEventLoopsAndConnectionsAreExported() {
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
    void aNodeWithoutTheProxyRoleExportsItsIdentity() {
        try (Gatehouse admin = Gatehouse.start(Gatehouse.config(
                Set.of(Role.ADMIN),
                TestDatabase.create(),
                List.of(),
                new ClusterConfig(false, "gatehouse", new ListenAddress("127.0.0.1", 5701), List.of(), null, null)))) {
            assertThat(Scrape.of(admin).find("gatehouse_node_info"))
                    .singleElement()
                    .satisfies(info -> assertThat(info.labels())
                            .containsEntry(
                                    "node_id", admin.admin("GET", "/").json().getString("node_id")));
        }
    }
}
