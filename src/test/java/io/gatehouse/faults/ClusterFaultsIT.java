package io.gatehouse.faults;

import static io.gatehouse.faults.TestCluster.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.faults.Tally.Kind;
import io.gatehouse.faults.TokenLedger.Token;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.PostgresProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Runs three proxies, two issuers, two admins and a PostgreSQL as processes, and causes one fault after the other. */
@Tag("fault")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterFaultsIT {
    /** Too short for the cluster to remove a member, or for its cached state to become stale. */
    private static final Duration MOMENT = Duration.ofSeconds(5);

    private static final Duration PAUSE = FaultTime.half(15);
    /** How long a node that was named late may accept revoked tokens: the staleness bound of its cached state. */
    private static final Duration LATE = Duration.ofSeconds(10);

    private static final Duration AFTER = Duration.ofSeconds(3);
    /** How long partitioned nodes take to merge, on a busy machine. */
    private static final Duration HEAL = Duration.ofSeconds(60);

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        Path directory = TestCluster.directory("cluster");
        PostgresProcess postgres = PostgresProcess.start(directory, FreePort.next());
        List<NodeProcess> nodes = new ArrayList<>();
        for (String name : List.of("issuer-1", "issuer-2", "admin-1", "admin-2", "proxy-1", "proxy-2", "proxy-3")) {
            nodes.add(NodeProcess.named(name, NodePlace.loopback(), directory));
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
    void change_isServedByEveryNode_onceTheAdminApiResponds() {
        SplittableRandom random = new SplittableRandom(3);
        List<Long> revocations = new ArrayList<>();
        List<Long> writes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Token token = cluster.issue(cluster.proxies.nodes().get(i % 3), cluster.clientCredentials(random));
            cluster.assertEveryProxyRespondsWith(token, 200);
            long before = System.nanoTime();
            cluster.revoke(cluster.admins.nodes().get(i % 2), token).isStatus(204);
            revocations.add(System.nanoTime() - before);
            cluster.assertEveryProxyRespondsWith(token, 401);
        }
        for (int i = 0; i < 50; i++) {
            String path = "/fresh" + i;
            long before = System.nanoTime();
            cluster.create(
                    "/services/api/routes",
                    new JsonObject().put("name", "fresh" + i).put("paths", List.of(path)));
            writes.add(System.nanoTime() - before);
            for (NodeProcess proxy : cluster.proxies.nodes()) {
                Http.send(Http.get(proxy.url(path))).isError(401, "invalid_request", "The access token is missing");
            }
        }
        FaultTable.line("A revocation and its 204: " + percentiles(revocations) + "; a new Route and its 201: "
                + percentiles(writes));
    }

    private static String percentiles(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return "p50 %.1f ms, p99 %.1f ms"
                .formatted(sorted.get(sorted.size() / 2) / 1e6, sorted.get(sorted.size() * 99 / 100) / 1e6);
    }

    @Test
    @Order(2)
    void killedIssuer_failsOnlyItsRequestsInFlight() throws Exception {
        Tally tally = killAndStart("issuer-1");
        // A token request is not sent twice; a question is.
        assertThat(tally.failures(failure -> failure.kind() != Kind.ISSUE && failure.kind() != Kind.REFRESH))
                .isEmpty();
    }

    @Test
    @Order(2)
    void killedAdmin_failsOnlyItsRequestsInFlight() throws Exception {
        Tally tally = killAndStart("admin-1");
        assertThat(tally.failures(failure -> !failure.node().name.equals("admin-1")))
                .isEmpty();
    }

    @Test
    @Order(2)
    void killedProxy_failsOnlyItsRequestsInFlight() throws Exception {
        Tally tally = killAndStart("proxy-1");
        assertThat(tally.failures(failure -> !failure.node().name.equals("proxy-1")))
                .isEmpty();
    }

    private static Tally killAndStart(String name) throws Exception {
        NodeProcess node = cluster.node(name);
        return cluster.under("kill -9 " + name + ", start", LATE, AFTER, load -> {
            node.kill();
            pass(Duration.ofSeconds(2));
            node.launch();
            node.awaitReady();
        });
    }

    @Test
    @Order(3)
    void rollingRestart_failsNoRequest() throws Exception {
        Tally tally = cluster.under("SIGTERM each node in turn, start", LATE, AFTER, load -> {
            for (NodeProcess node : cluster.nodes) {
                assertThat(node.terminate()).as("exit code of %s", node).isZero();
                node.launch();
                node.awaitReady();
            }
        });
        assertThat(tally.failures(any -> true)).isEmpty();
    }

    @Test
    @Order(4)
    void cachedTokensWorkAndNoneIsIssued_duringAnOutageOfPostgresql() throws Exception {
        long[] over = new long[1];
        Tally tally = cluster.under(
                "PostgreSQL killed for " + FaultTime.WHOLE.toSeconds() + " s, start",
                LATE,
                AFTER.multipliedBy(2),
                load -> {
                    cluster.postgres.crash();
                    pass(FaultTime.WHOLE);
                    cluster.postgres.start();
                    over[0] = load.tally.millis() + AFTER.toMillis();
                });
        assertThat(tally.failures(failure -> failure.kind() == Kind.LIVE)).isEmpty();
        assertThat(tally.failures(failure -> failure.kind() == Kind.ISSUE)).isNotEmpty();
        assertThat(tally.failures(failure -> !failure.reason().equals("503"))).isEmpty();
        assertThat(tally.failures(failure -> failure.millis() > over[0])).isEmpty();
    }

    @Test
    @Order(5)
    void proxy_starts_duringAnOutageOfPostgresql() throws Exception {
        NodeProcess proxy = cluster.node("proxy-3");
        Token token = cluster.issue(cluster.node("proxy-1"), cluster.clientCredentials(new SplittableRandom(5)));
        proxy.kill();
        cluster.postgres.crash();
        try {
            proxy.launch();
            proxy.awaitReady();
            Http.send(TestCluster.call(proxy, token.access)).isStatus(200);
        } finally {
            cluster.postgres.start();
        }
        cluster.awaitFullCluster(HEAL);
    }

    @Test
    @Order(6)
    void proxyPausedForAMoment_acceptsNoTokenRevokedLongerAgoThanTheBound() throws Exception {
        pauseAndResume("proxy-2", MOMENT);
    }

    @Test
    @Order(6)
    void pausedProxy_acceptsNoTokenRevokedLongerAgoThanTheBound() throws Exception {
        pauseAndResume("proxy-1", PAUSE);
    }

    @Test
    @Order(6)
    void pausedIssuer_causesNoWrongDecision() throws Exception {
        pauseAndResume("issuer-1", PAUSE);
    }

    private static void pauseAndResume(String name, Duration time) throws Exception {
        NodeProcess node = cluster.node(name);
        cluster.under("SIGSTOP %s for %d s, SIGCONT".formatted(name, time.toSeconds()), LATE, LATE, load -> {
            // Members remove an unresponsive member at different times. Until all have, any node may be partitioned.
            List<NodeProcess> apart = time.equals(MOMENT) ? List.of(node) : cluster.nodes;
            apart.forEach(NodeProcess::apart);
            node.pause();
            try {
                pass(time);
            } finally {
                node.apart();
                node.resume();
            }
            cluster.awaitFullCluster(HEAL);
            apart.forEach(NodeProcess::together);
        });
        cluster.assertAgreement();
        cluster.assertEveryProxyRejectsARevokedToken();
    }

    @Test
    @Order(7)
    void proxiesServe_whenBothIssuersAreKilled() throws Exception {
        long[] back = new long[1];
        Tally tally = cluster.under("kill -9 both issuers, start", LATE, AFTER.multipliedBy(3), load -> {
            List<NodeProcess> issuers = cluster.named("issuer");
            for (NodeProcess issuer : issuers) {
                issuer.kill();
            }
            pass(Duration.ofSeconds(2));
            issuers.forEach(NodeProcess::launch);
            issuers.forEach(NodeProcess::awaitReady);
            back[0] = load.tally.millis() + AFTER.toMillis() * 2;
        });
        assertThat(tally.failures(failure -> failure.millis() > back[0])).isEmpty();
        cluster.awaitFullCluster(HEAL);
        cluster.assertAgreement();
        cluster.assertEveryProxyRejectsARevokedToken();
    }

    @Test
    @Order(8)
    void tokensAreValid_afterAllNodesWereKilled() throws Exception {
        for (NodeProcess node : cluster.nodes) {
            node.kill();
        }
        // Starts all nodes at once. In other tests the issuers start first.
        cluster.nodes.forEach(NodeProcess::launch);
        cluster.nodes.forEach(NodeProcess::awaitReady);
        cluster.awaitFullCluster(HEAL);
        await().atMost(HEAL).untilAsserted(cluster::assertAgreement);
        Tally tally = cluster.under("kill -9 all nodes, start all at once", LATE, AFTER, load -> {});
        assertThat(tally.failures(any -> true)).isEmpty();
    }
}
