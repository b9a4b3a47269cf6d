package io.gatehouse.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.faults.Tally.Kind;
import io.gatehouse.faults.TokenLedger.Token;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.PostgresProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Three proxies, two issuers, two admins and a PostgreSQL on one machine, each a process, one fault after the other. */
@Tag("fault")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterFaultsIT {
    private static final Duration FAULT = Duration.ofSeconds(Integer.getInteger("gatehouse.fault.seconds", 15));
    private static final Duration MAX_STALE = Duration.ofSeconds(10);
    private static final Duration BEFORE = Duration.ofSeconds(1);
    private static final Duration AFTER = Duration.ofSeconds(3);

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        Path directory = TestCluster.directory("cluster");
        PostgresProcess postgres = PostgresProcess.start(directory, NodePlace.freePort());
        List<NodeProcess> nodes = new ArrayList<>();
        for (String name : List.of("issuer-1", "issuer-2", "admin-1", "admin-2", "proxy-1", "proxy-2", "proxy-3")) {
            String role = name.substring(0, name.indexOf('-'));
            nodes.add(new NodeProcess(
                    name, role.equals("issuer") ? "token-issuer" : role, NodePlace.loopback(), directory));
        }
        String issuers = nodes.get(0).clusterAddress() + "," + nodes.get(1).clusterAddress();
        nodes.forEach(node -> node.set("CLUSTER_MEMBERS", issuers)
                .set("CLUSTER_NAME", "faults-" + ProcessHandle.current().pid())
                .set("TOKEN_MAX_STALE", MAX_STALE.toSeconds() + "s")
                .set("DRAIN_DELAY", "1500ms"));
        nodes.stream()
                .filter(node -> !node.name.startsWith("proxy"))
                .forEach(node -> node.set("POSTGRES_URL", postgres.url("127.0.0.1")));
        cluster = new TestCluster(postgres, nodes, "127.0.0.1");
        cluster.issue(100);
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static void pass(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
    }

    private interface Fault {
        void happen(Load load) throws Exception;
    }

    /** Runs the fault under load and holds every decision right; the failures are the caller's to judge. */
    private static Tally under(String name, Fault fault) throws Exception {
        Load load = new Load(cluster, MAX_STALE);
        try {
            pass(BEFORE);
            fault.happen(load);
            pass(AFTER);
        } finally {
            load.stop();
        }
        Tally tally = load.tally;
        FaultTable.row(name, tally);
        assertThat(tally.wrong()).isEmpty();
        return tally;
    }

    @Test
    @Order(1)
    void aChangeIsServedByEveryNodeWhenTheAdminApiHasAnswered() {
        SplittableRandom random = new SplittableRandom(3);
        List<Long> revocations = new ArrayList<>();
        List<Long> writes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Token token = cluster.issue(cluster.proxies.nodes().get(i % 3), cluster.clientCredentials(random));
            everyProxyAnswers(token, 200);
            long before = System.nanoTime();
            cluster.revoke(cluster.admins.nodes().get(i % 2), token).isStatus(204);
            revocations.add(System.nanoTime() - before);
            everyProxyAnswers(token, 401);
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
        System.out.println("revocation: " + percentiles(revocations) + "; route created: " + percentiles(writes));
    }

    private static void everyProxyAnswers(Token token, int status) {
        for (NodeProcess proxy : cluster.proxies.nodes()) {
            Http.send(TestCluster.call(proxy, token.access)).isStatus(status);
        }
    }

    private static String percentiles(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return "p50 %.1f ms, p99 %.1f ms"
                .formatted(sorted.get(sorted.size() / 2) / 1e6, sorted.get((int) (sorted.size() * 0.99)) / 1e6);
    }

    @Test
    @Order(2)
    void aKilledNodeFailsOnlyWhatItHadInHand() throws Exception {
        for (String name : List.of("issuer-1", "admin-1", "proxy-1")) {
            NodeProcess node = cluster.node(name);
            Tally tally = under("kill -9 " + name + ", start", load -> {
                node.kill();
                pass(Duration.ofSeconds(3));
                node.launch();
                node.awaitReady();
            });
            assertThat(tally.failures(failure -> failure.node() != node)).isEmpty();
        }
    }

    @Test
    @Order(3)
    void aRollingRestartFailsNothing() throws Exception {
        Tally tally = under("SIGTERM each node in turn, start", load -> {
            for (NodeProcess node : cluster.nodes) {
                assertThat(node.terminate()).as("exit code of %s", node).isZero();
                node.launch();
                node.awaitReady();
            }
        });
        assertThat(tally.failed()).isZero();
    }

    @Test
    @Order(4)
    void withoutPostgresqlKnownTokensWorkAndNoneIsIssued() throws Exception {
        long[] outage = new long[2];
        Tally tally = under("PostgreSQL killed for " + FAULT.toSeconds() + " s, start", load -> {
            outage[0] = load.tally.millis();
            cluster.postgres.crash();
            pass(FAULT);
            cluster.postgres.start();
            outage[1] = load.tally.millis() + AFTER.toMillis() / 2;
        });
        assertThat(tally.failures(failure -> failure.kind() == Kind.LIVE)).isEmpty();
        assertThat(tally.failures(failure -> failure.kind() == Kind.ISSUE)).isNotEmpty();
        assertThat(tally.failures(failure -> failure.millis() > outage[1])).isEmpty();
    }

    @Test
    @Order(8)
    void tokensSurviveTheDeathOfAllNodes() throws Exception {
        for (NodeProcess node : cluster.nodes) {
            node.kill();
        }
        long before = System.nanoTime();
        // All at once, without the issuers' head start.
        cluster.nodes.forEach(NodeProcess::launch);
        cluster.nodes.forEach(NodeProcess::awaitReady);
        System.out.println("all nodes ready after " + (System.nanoTime() - before) / 1_000_000 + " ms");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(
                                Http.send(Http.get(cluster.admins.nodes().get(0).url("/")))
                                        .json()
                                        .getJsonObject("cluster")
                                        .getInteger("size"))
                        .isEqualTo(cluster.nodes.size()));
        cluster.assertAgreement();
        Tally tally = under("kill -9 all nodes, start all", load -> pass(AFTER));
        assertThat(tally.failed()).isZero();
    }
}
