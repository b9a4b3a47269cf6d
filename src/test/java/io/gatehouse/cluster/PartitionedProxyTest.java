package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.TcpRelay;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a proxy that loses its cluster, and finds it again (docs/reference/oauth2.md#credential-states). */
class PartitionedProxyTest {
    private static final Duration MAX_STALE = Duration.ofSeconds(3);

    private static final Duration LONG = Duration.ofSeconds(60);

    private final ListenAddress first = freeAddress();
    private final ListenAddress second = freeAddress();
    private final PostgresConfig database = TestDatabase.create();
    private Upstream upstream;
    private Gatehouse fullNode;
    private Gatehouse proxy;

    @BeforeEach
    void start() {
        upstream = Upstream.start();
        fullNode = startFullNode(database);
        proxy = Gatehouse.start(ClusterFixture.proxy(cluster("cut-off-test", second, first, null), MAX_STALE));
    }

    private Gatehouse startFullNode(PostgresConfig postgres) {
        return startFullNode(postgres, MAX_STALE);
    }

    private Gatehouse startFullNode(PostgresConfig postgres, Duration maxStale) {
        ClusterConfig cluster = new ClusterConfig(
                true, "cut-off-test", first, List.of(first.toString(), second.toString()), null, null);
        return Gatehouse.start(ClusterFixture.withMaxStale(
                Gatehouse.config(EnumSet.allOf(Role.class), postgres, List.of(), cluster), maxStale));
    }

    @AfterEach
    void stop() {
        proxy.close();
        fullNode.close();
        upstream.close();
    }

    private String token() {
        fullNode.createApi("api", "/api", upstream.port());
        fullNode.protect("api", new JsonObject());
        return fullNode.clientCredentialsToken("/api", fullNode.register("alex", new JsonObject()));
    }

    @Test
    void cachedTokens_get503_onceTheProxyIsStale() {
        String token = token();
        proxy.getWithToken("/api", token).isStatus(200);

        fullNode.close();

        proxy.getWithToken("/api", token).isStatus(200);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> proxy.getWithToken("/api", token).isStatus(503).hasHeader("Retry-After"));
        fullNode = startFullNode(database);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> proxy.getWithToken("/api", token).isStatus(200));
        fullNode.createApi("later", "/later", upstream.port());
        proxy.get("/later").isStatus(200);
        fullNode.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);
        proxy.getWithToken("/api", token).isStatus(401);
    }

    private void limited(String name, JsonObject config) {
        fullNode.createApi(name, "/" + name, upstream.port());
        fullNode.create(
                "/services/" + name + "/plugins",
                new JsonObject().put("name", "rate-limiting").put("config", config.put("hour", 100)));
    }

    @Test
    void withoutTheClustersCounters_requestsPassUncountedOrGet500_asConfigured() {
        limited("tolerant", new JsonObject().put("policy", "cluster"));
        limited("strict", new JsonObject().put("policy", "cluster").put("fault_tolerant", false));
        limited("own", new JsonObject().put("policy", "local"));
        String reported = "x-ratelimit-remaining-video";
        JsonObject video = new JsonObject().put("video", new JsonObject().put("hour", 100));
        fullNode.createApi("reported", "/reported", upstream.port());
        fullNode.create(
                "/services/reported/plugins",
                new JsonObject()
                        .put("name", "response-ratelimiting")
                        .put("config", new JsonObject().put("policy", "cluster").put("limits", video)));
        for (String path : List.of("/tolerant", "/strict", "/own")) {
            proxy.get(path).isStatus(200).hasHeader("X-RateLimit-Limit-Hour");
        }

        fullNode.close();

        // The units of a lease are used first.
        await().atMost(LONG).untilAsserted(() -> proxy.get("/strict").isMessage(500, "An unexpected error occurred"));
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(proxy.get("/tolerant").isStatus(200).header("X-RateLimit-Limit-Hour"))
                                .isNull());
        proxy.get("/own").isStatus(200).hasHeader("X-RateLimit-Limit-Hour");
        // The field of a client is not the gateway's report.
        assertThat(proxy.get("/reported", reported, "7").isStatus(200).upstreamHeader(reported))
                .isNull();
        assertThat(failures("tolerated_")).isPositive();
        assertThat(failures("")).isPositive();

        fullNode = startFullNode(database);
        for (String path : List.of("/tolerant", "/strict")) {
            await().atMost(LONG)
                    .untilAsserted(() -> proxy.get(path).isStatus(200).hasHeader("X-RateLimit-Limit-Hour"));
        }
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(proxy.get("/reported", reported, "7")
                                .isStatus(200)
                                .upstreamHeader(reported))
                        .isEqualTo("100"));
    }

    private double failures(String kind) {
        String line = "gatehouse_plugin_failures_" + kind + "total{plugin=\"rate-limiting\"";
        return Http.send(Http.get(proxy.statusUrl("/metrics")))
                .text()
                .lines()
                .filter(each -> each.startsWith(line))
                .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void revocation_isReadFromTheChangeFeed_withoutAMessage() {
        String token = token();
        proxy.getWithToken("/api", token).isStatus(200);

        // A second cluster on the same database is like the other side of a partition.
        try (Gatehouse nonMembers = Gatehouse.start(database)) {
            assertThat(lateNodes(nonMembers
                            .admin("DELETE", "/oauth2_tokens/" + token)
                            .isStatus(204)))
                    .as("the node and its proxy")
                    .hasSize(2)
                    .contains(nodeId(fullNode));
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> proxy.getWithToken("/api", token).isStatus(401));
            fullNode.getWithToken("/api", token).isStatus(401);

            nonMembers.createApi("other-cluster", "/other-cluster", upstream.port());
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> proxy.get("/other-cluster").isStatus(200));
            assertThat(lateNodes(
                            nonMembers.admin("DELETE", "/routes/other-cluster").isStatus(204)))
                    .as("the node and its proxy")
                    .hasSize(2)
                    .contains(nodeId(fullNode));
        }
    }

    private static List<String> lateNodes(Reply reply) {
        String late = reply.header("X-Gatehouse-Late-Nodes");
        return late == null
                ? List.of()
                : Stream.of(late.split(",", -1)).map(PartitionedProxyTest::id).toList();
    }

    /** The names of late nodes: host name, roles and id. */
    private static String id(String named) {
        String[] parts = named.split("/", -1);
        assertThat(parts).hasSize(3);
        assertThat(List.of("proxy", "proxy+admin+token-issuer")).contains(parts[1]);
        return parts[2];
    }

    private static String nodeId(Gatehouse node) {
        return node.admin("GET", "/").isStatus(200).json().getString("node_id");
    }

    @Test
    void proxyThatStartsDuringAnOutageOfPostgresql_servesTheConfigurationOfAnotherNode() {
        proxy.close();
        fullNode.close();
        try (TcpRelay line = TcpRelay.to(database)) {
            fullNode = startFullNode(line.along(database), LONG);
            String token = token();
            line.cut();

            proxy = Gatehouse.start(ClusterFixture.proxy(cluster("cut-off-test", second, first, null), LONG));

            proxy.get("/api").isStatus(401);
            proxy.getWithToken("/api", token).isStatus(200);
            proxy.getWithToken("/api", "unknown").isStatus(503);
            line.mend();
        }
    }
}
