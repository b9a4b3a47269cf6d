package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests the replacement of a cluster by another on the same database, behind one load balancer: the way for versions that do not
 * form one cluster (docs/how-to/kubernetes.md#two-clusters-on-one-database).
 */
class TwoClustersTest {
    private static final Duration LATE = Duration.ofSeconds(5);

    private final PostgresConfig database = TestDatabase.create();

    private Gatehouse start(String name) {
        ListenAddress bind = freeAddress();
        return Gatehouse.start(
                Gatehouse.config(EnumSet.allOf(Role.class), database, List.of(), cluster(name, bind, bind, null)));
    }

    private static double nonMembers(Gatehouse node) {
        return Scrape.of(node).sum("gatehouse_cluster_non_members");
    }

    @Test
    void eachClusterServesTheOthersTokensAndChanges_untilOneIsLeft() {
        try (Upstream upstream = Upstream.start();
                Gatehouse green = start("green")) {
            String kept;
            JsonObject application;
            try (Gatehouse blue = start("blue")) {
                blue.createApi("api", "/api", upstream.port());
                blue.protect("api", new JsonObject());
                application = blue.register("alex", new JsonObject());
                await().atMost(LATE).untilAsserted(() -> green.get("/api").isStatus(401));

                String token = blue.clientCredentialsToken("/api", application);
                kept = green.clientCredentialsToken("/api", application);
                for (Gatehouse node : List.of(blue, green)) {
                    node.getWithToken("/api", token).isStatus(200);
                    node.getWithToken("/api", kept).isStatus(200);
                    await().atMost(LATE)
                            .untilAsserted(() -> assertThat(nonMembers(node)).isEqualTo(1));
                }

                green.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);

                green.getWithToken("/api", token).isStatus(401);
                await().atMost(LATE)
                        .untilAsserted(() -> blue.getWithToken("/api", token).isStatus(401));
            }
            green.getWithToken("/api", kept).isStatus(200);
            green.getWithToken("/api", green.clientCredentialsToken("/api", application))
                    .isStatus(200);
            await().atMost(LATE)
                    .untilAsserted(() -> assertThat(nonMembers(green)).isZero());
        }
    }
}
