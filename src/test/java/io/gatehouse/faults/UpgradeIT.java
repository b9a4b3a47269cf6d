package io.gatehouse.faults;

import static io.gatehouse.faults.TestCluster.pass;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.PostgresProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Upgrades a cluster under load from the release before, whose commit docs/releasing.md names, and reverts the upgrade. Nodes of both
 * releases form one cluster meanwhile, on the schema of the later one.
 */
@Tag("upgrade")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpgradeIT {
    private static final Duration LATE = Duration.ofSeconds(10);
    private static final Duration AFTER = Duration.ofSeconds(3);
    /** How long the cluster serves in each state between the two releases. */
    private static final Duration BETWEEN = Duration.ofSeconds(5);

    private static final Duration HEAL = Duration.ofSeconds(60);

    private static Release previous;
    private static Path directory;
    private static TestCluster cluster;

    @BeforeAll
    static void startThePreviousRelease() throws Exception {
        previous = Release.previous();
        directory = TestCluster.directory("upgrade");
        PostgresProcess postgres = PostgresProcess.start(directory, FreePort.next());
        List<NodeProcess> nodes = new ArrayList<>();
        for (String name : List.of("issuer-1", "issuer-2", "admin-1", "admin-2", "proxy-1", "proxy-2", "proxy-3")) {
            nodes.add(NodeProcess.named(name, NodePlace.loopback(), directory).runs(previous));
        }
        String issuers = nodes.get(0).clusterAddress() + "," + nodes.get(1).clusterAddress();
        for (NodeProcess node : nodes) {
            node.set("CLUSTER_MEMBERS", issuers).set("TOKEN_MAX_STALE", "20s").set("DRAIN_DELAY", "1500ms");
            if (!node.name.startsWith("proxy")) {
                node.set("POSTGRES_URL", postgres.url("127.0.0.1"));
            }
        }
        cluster = new TestCluster(postgres, nodes, "127.0.0.1");
        cluster.issue(100);
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void upgrade_failsNoRequest() throws Exception {
        rollOut("upgrade: migrate, SIGTERM each node in turn, start this release", Release.CURRENT);
    }

    @Test
    @Order(2)
    void wayBack_failsNoRequest() throws Exception {
        rollOut("way back: SIGTERM each node in turn, start the release before", previous);
    }

    private static void rollOut(String name, Release next) throws Exception {
        // One node of each role first, so that each role has nodes of both releases.
        List<NodeProcess> order = cluster.nodes.stream()
                .sorted(Comparator.comparing((NodeProcess node) -> node.name.substring(node.name.indexOf('-'))))
                .toList();
        Tally tally = cluster.under(name, LATE, AFTER, load -> {
            next.migrate(cluster.postgres, directory);
            pass(BETWEEN);
            replace(order.subList(0, 3), next);
            cluster.awaitFullCluster(HEAL);
            cluster.assertEveryProxyRejectsARevokedToken();
            pass(BETWEEN);
            replace(order.subList(3, order.size()), next);
        });
        assertThat(tally.failures(any -> true)).isEmpty();
        cluster.awaitFullCluster(HEAL);
        cluster.assertAgreement();
        cluster.assertEveryProxyRejectsARevokedToken();
    }

    private static void replace(List<NodeProcess> nodes, Release next) throws InterruptedException {
        for (NodeProcess node : nodes) {
            assertThat(node.terminate()).as("exit code of %s", node).isZero();
            node.runs(next).launch();
            node.awaitReady();
        }
    }

    @Test
    @Order(3)
    void releaseThatCannotUseTheSchema_isRefusedByName_andTheOthersServe() throws Exception {
        NodeProcess issuer = cluster.node("issuer-2");
        Tally tally = cluster.under("a start on a schema that the release before cannot use", LATE, AFTER, load -> {
            assertThat(issuer.terminate()).isZero();
            cluster.postgres.query(
                    "INSERT INTO flyway_schema_history SELECT max(installed_rank) + 1, '9999',"
                            + " 'drop names needs 9999', 'SQL', 'later.sql', 0, 'x', now(), 0, true FROM flyway_schema_history");
            issuer.launch();
            assertThat(issuer.awaitEnd()).isNotZero();
        });
        assertThat(issuer.log())
                .containsPattern("the database has schema version 9999, which this Gatehouse of schema version \\d+"
                        + " cannot use: start the newer version");
        assertThat(tally.failures(any -> true)).isEmpty();
    }
}
