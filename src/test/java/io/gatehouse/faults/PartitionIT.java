package io.gatehouse.faults;

import static io.gatehouse.faults.TestCluster.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.faults.PartitionableNetwork.Partition;
import io.gatehouse.faults.Tally.Kind;
import io.gatehouse.faults.TokenLedger.Token;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.PostgresProcess;
import io.gatehouse.testing.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Partitions a cluster: A has one proxy and one issuer, B has the other nodes. */
@Tag("fault")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PartitionIT {
    private static final Duration MAX_STALE = Duration.ofSeconds(15);
    /** Longer than the removal of members takes, and than A may trust its caches. */
    private static final Duration PARTITION = FaultTime.half(24);

    private static final Duration LATE = Duration.ofSeconds(10);
    /** How long the removal of unresponsive members takes, with a margin for a busy machine. */
    private static final Duration DETECTION = Duration.ofSeconds(14);

    /** How long a token request takes at most if an issuer has vanished: 2 s until the next one is asked, and its response. */
    private static final Duration RETRY = Duration.ofSeconds(5);

    private static final Duration AFTER = Duration.ofSeconds(5);
    private static final Duration HEAL = Duration.ofSeconds(60);

    private static PartitionableNetwork network;
    private static TestCluster cluster;
    private static NodeProcess proxyOfA;

    @BeforeAll
    static void start() throws Exception {
        network = open();
        Path directory = TestCluster.directory("partition");
        PostgresProcess postgres = PostgresProcess.start(directory, FreePort.next());
        List<NodeProcess> nodes = new ArrayList<>();
        for (String name : List.of("issuer-1", "issuer-2", "admin-1", "admin-2", "proxy-1", "proxy-2", "proxy-3")) {
            Partition partition = name.equals("issuer-1") || name.equals("proxy-1") ? Partition.A : Partition.B;
            nodes.add(NodeProcess.named(name, network.place(partition), directory));
        }
        String issuers = nodes.get(0).clusterAddress() + "," + nodes.get(1).clusterAddress();
        for (NodeProcess node : nodes) {
            node.set("CLUSTER_MEMBERS", issuers).set("TOKEN_MAX_STALE", MAX_STALE.toSeconds() + "s");
            if (!node.name.startsWith("proxy")) {
                node.set("POSTGRES_URL", postgres.url(network.commonHost()));
            }
        }
        cluster = new TestCluster(postgres, nodes, network.commonHost());
        proxyOfA = cluster.node("proxy-1");
        cluster.issue(100);
    }

    private static PartitionableNetwork open() throws InterruptedException {
        try {
            return PartitionableNetwork.open();
        } catch (IOException e) {
            throw FaultTable.cannot("partitions", "no network namespaces here: " + e.getMessage());
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    @Order(1)
    void partitionWithoutPostgresql_acceptsNoTokenRevokedLongerAgoThanTheBound() throws Exception {
        Tally tally = cluster.under(
                "partition of %d s, one side without PostgreSQL".formatted(PARTITION.toSeconds()),
                LATE,
                AFTER,
                load -> {
                    proxyOfA.tolerance(MAX_STALE);
                    proxyOfA.apart();
                    network.cut();
                    try {
                        network.hide(Partition.A, cluster.postgres.port());
                        pass(PARTITION);
                        assertThat(statusesInA()).containsOnly(503);
                        assertThat(proxyOfA.status("/ready")).isEqualTo(200);
                    } finally {
                        network.heal();
                    }
                    mergePartitions();
                });
        assertAgreement();
        // Until B has removed the members in A, its proxies also try the issuer in A.
        assertOtherProxiesServe(tally);
    }

    /** Asserts that the proxies in B reject live tokens no longer than the detection of a lost member takes. */
    private static void assertOtherProxiesServe(Tally tally) {
        assertThat(tally.failures(failure -> failure.kind() == Kind.LIVE
                        && !failure.node().equals(proxyOfA)
                        && failure.millis() > DETECTION.toMillis()))
                .isEmpty();
    }

    /** The statuses with which the proxy in A responds to live tokens. */
    private static List<Integer> statusesInA() {
        List<CompletableFuture<Reply>> replies = cluster.ledger.live().stream()
                .limit(20)
                .map(token -> Http.sendAsync(TestCluster.call(proxyOfA, token.access)))
                .toList();
        return replies.stream().map(reply -> reply.join().status()).toList();
    }

    @Test
    @Order(2)
    void partitionsThatShareOnlyPostgresql_readRevocationsFromIt() throws Exception {
        List<Long> received = new ArrayList<>();
        Tally tally = cluster.under(
                "partition of %d s, both sides with PostgreSQL".formatted(PARTITION.toSeconds()), LATE, AFTER, load -> {
                    long end = System.nanoTime() + PARTITION.toNanos();
                    List<Token> early = tokensKnownInA(5);
                    proxyOfA.tolerance(MAX_STALE);
                    proxyOfA.apart();
                    network.cut();
                    try {
                        assertThat(millisToIssueInB(8)).allMatch(millis -> millis <= RETRY.toMillis());
                        // Some nodes from which A reads changes are unreachable and not yet removed.
                        received.addAll(revokeInB(early, MAX_STALE));
                        pass(DETECTION);
                        received.addAll(revokeInB(tokensKnownInA(10), NodeProcess.FEED_DELAY));
                        pass(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
                        assertThat(statusesInA()).containsOnly(200);
                    } finally {
                        network.heal();
                        FaultTable.line("Time from a revocation in one partition to its rejection in the other, ms: "
                                + received);
                    }
                    mergePartitions();
                });
        assertAgreement();
        assertThat(tally.failures(failure -> failure.kind() == Kind.LIVE && failure.millis() > DETECTION.toMillis()))
                .isEmpty();
    }

    @Test
    @Order(3)
    void partitionedProxy_acceptsNoTokenRevokedLongerAgoThanTheBound() throws Exception {
        NodeProcess issuerOfA = cluster.node("issuer-1");
        issuerOfA.kill();
        cluster.awaitSize(cluster.nodes.size() - 1, HEAL);
        Tally tally = cluster.under(
                "partition of %d s, one side with a proxy only".formatted(PARTITION.toSeconds()), LATE, AFTER, load -> {
                    proxyOfA.tolerance(MAX_STALE);
                    proxyOfA.apart();
                    network.cut();
                    try {
                        pass(PARTITION);
                        assertThat(statusesInA()).containsOnly(503);
                    } finally {
                        network.heal();
                        issuerOfA.launch();
                    }
                    issuerOfA.awaitReady();
                    mergePartitions();
                });
        assertAgreement();
        assertOtherProxiesServe(tally);
    }

    /** Issues tokens through a proxy in B. For it, the issuer in A has vanished without a reset of its connections. */
    private static List<Long> millisToIssueInB(int count) {
        SplittableRandom random = new SplittableRandom(13);
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long before = System.nanoTime();
            cluster.issue(cluster.node("proxy-2"), cluster.clientCredentials(random));
            taken.add((System.nanoTime() - before) / 1_000_000);
        }
        FaultTable.line("Times to issue a token after an issuer has vanished, ms: " + taken);
        return taken;
    }

    private static List<Token> tokensKnownInA(int count) {
        SplittableRandom random = new SplittableRandom(11);
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Token token = cluster.issue(cluster.node("proxy-2"), cluster.clientCredentials(random));
            Http.send(TestCluster.call(proxyOfA, token.access)).isStatus(200);
            tokens.add(token);
        }
        return tokens;
    }

    /** Returns how long A accepted each token after the response to its revocation in B, in milliseconds. */
    private static List<Long> revokeInB(List<Token> tokens, Duration limit) {
        List<Long> received = new ArrayList<>();
        for (Token token : tokens) {
            cluster.revoke(cluster.node("admin-1"), token).isStatus(204);
            long answered = System.nanoTime();
            await("rejected in the other partition")
                    .atMost(limit)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() ->
                            Http.send(TestCluster.call(proxyOfA, token.access)).status() == 401);
            received.add((System.nanoTime() - answered) / 1_000_000);
        }
        return received;
    }

    /** Merges under load: cached state of one partition must not be used by the other. */
    private static void mergePartitions() {
        long healed = System.nanoTime();
        cluster.awaitFullCluster(HEAL);
        proxyOfA.together();
        FaultTable.line("One cluster after the partition: %.1f s".formatted((System.nanoTime() - healed) / 1e9));
    }

    private static void assertAgreement() {
        cluster.assertAgreement();
        cluster.assertEveryProxyRejectsARevokedToken();
    }
}
