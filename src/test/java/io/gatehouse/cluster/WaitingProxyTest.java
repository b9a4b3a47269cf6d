package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.config.StatusConfig;
import io.gatehouse.launch.node.Node;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests a proxy that starts before the first issuer. Its liveness probe must succeed while it waits. */
class WaitingProxyTest {
    private static final String NAME = "waiting-proxy-test";

    private final ListenAddress first = freeAddress();
    private final ListenAddress second = freeAddress();
    private final ListenAddress status = freeAddress();

    @Test
    void waitingProxy_isLiveAndReportsTheReasonItIsNotReady() {
        Future<Node> waiting = Node.start(
                listeningAt(status, ClusterFixture.proxy(cluster(NAME, second, first, null), Duration.ofSeconds(60))));

        await().ignoreExceptions().untilAsserted(() -> get("/live").isStatus(200));
        assertThat(get("/ready").isStatus(503).json().getJsonArray("missing")).contains("cluster");
        get("/metrics").isStatus(200);
        assertThat(waiting.isComplete()).isFalse();

        try (Gatehouse whole = Gatehouse.start(Gatehouse.config(
                EnumSet.allOf(Role.class), TestDatabase.create(), List.of(), cluster(NAME, first, second, null)))) {
            Node proxy = Gatehouse.await(waiting);
            get("/live").isStatus(200);
            get("/ready").isStatus(200);
            assertThat(get("/metrics").isStatus(200).text()).contains("gatehouse_cluster_members 2");
            Gatehouse.await(proxy.close());
            whole.admin("GET", "/").isStatus(200);
        }
    }

    private Reply get(String path) {
        return Http.send(Http.get("http://" + status + path));
    }

    private static GatehouseConfig listeningAt(ListenAddress status, GatehouseConfig config) {
        return new GatehouseConfig(
                config.roles(),
                config.proxy(),
                config.admin(),
                new StatusConfig(status, false),
                config.postgres(),
                config.cluster(),
                config.token(),
                config.log(),
                config.transport(),
                config.dataDir(),
                config.drainDelay(),
                config.drainTimeout());
    }
}
