package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.config.StatusConfig;
import io.gatehouse.launch.node.Node;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests what a proxy waits for before it is ready. Its liveness probe must succeed while it waits. */
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

    /** The locked table delays the replies of the issuers for longer than the proxy waits for them. */
    @Test
    void proxy_isReadyOnceItHasAskedEveryIssuer() throws Exception {
        PostgresConfig database = TestDatabase.create();
        try (Gatehouse one = Gatehouse.start(issuer(database, cluster(NAME, first, first, null)));
                Gatehouse other = Gatehouse.start(issuer(database, cluster(NAME, second, first, null)));
                Connection lock = connect(database);
                Statement statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("LOCK TABLE oauth2_tokens IN ACCESS EXCLUSIVE MODE");

            Future<Node> starting = Node.start(listeningAt(
                    status, ClusterFixture.proxy(cluster(NAME, freeAddress(), first, null), Duration.ofSeconds(60))));

            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> pendingLookups(database) == 2);
            assertThat(get("/ready").isStatus(503).json().getJsonArray("missing"))
                    .containsExactly("listeners");
            Node proxy = Gatehouse.await(starting);
            get("/ready").isStatus(200);
            lock.rollback();
            Gatehouse.await(proxy.close());
            assertThat(List.of(one, other))
                    .allSatisfy(issuer ->
                            Http.send(Http.get(issuer.statusUrl("/ready"))).isStatus(200));
        }
    }

    /** Of tokens, which proxies send to issuers. */
    private static int pendingLookups(PostgresConfig database) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                                + " AND query LIKE 'SELECT%AS digest%FROM oauth2_tokens%'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static Connection connect(PostgresConfig database) throws SQLException {
        return DriverManager.getConnection("jdbc:" + database.url(), database.user(), database.password());
    }

    private static GatehouseConfig issuer(PostgresConfig database, ClusterConfig cluster) {
        return Gatehouse.config(EnumSet.of(Role.TOKEN_ISSUER), database, List.of(), cluster);
    }

    private Reply get(String path) {
        return Http.send(Http.get("http://" + status + path));
    }

    private static GatehouseConfig listeningAt(ListenAddress status, GatehouseConfig config) {
        return config.withStatus(new StatusConfig(status, false));
    }
}
