package io.gatehouse.faults;

import static io.gatehouse.faults.TestCluster.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.faults.Tally.Kind;
import io.gatehouse.faults.TokenLedger.Token;
import io.gatehouse.faults.TwoHalves.Half;
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

/** A cluster in two halves, between which the network breaks: A has one proxy and one issuer, B the rest. */
@Tag("fault")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PartitionIT {
    private static final Duration MAX_STALE = Duration.ofSeconds(15);
    /** Longer than nodes take to give each other up, and than A may believe what it knows. */
    private static final Duration PARTITION = FaultTime.half(24);

    private static final Duration LATE = Duration.ofSeconds(10);
    /** In which members that say nothing are given up, with a margin for a busy machine. */
    private static final Duration DETECTION = Duration.ofSeconds(14);

    private static final Duration AFTER = Duration.ofSeconds(5);
    private static final Duration HEAL = Duration.ofSeconds(60);

    private static TwoHalves halves;
    private static TestCluster cluster;
    private static NodeProcess proxyOfA;

    @BeforeAll
    static void start() throws Exception {
        halves = open();
        Path directory = TestCluster.directory("partition");
        PostgresProcess postgres = PostgresProcess.start(directory, NodePlace.freePort());
        List<NodeProcess> nodes = new ArrayList<>();
        for (String name : List.of("issuer-1", "issuer-2", "admin-1", "admin-2", "proxy-1", "proxy-2", "proxy-3")) {
            Half half = name.equals("issuer-1") || name.equals("proxy-1") ? Half.A : Half.B;
            nodes.add(NodeProcess.named(name, halves.place(half), directory));
        }
        String issuers = nodes.get(0).clusterAddress() + "," + nodes.get(1).clusterAddress();
        for (NodeProcess node : nodes) {
            node.set("CLUSTER_MEMBERS", issuers).set("TOKEN_MAX_STALE", MAX_STALE.toSeconds() + "s");
            if (!node.name.startsWith("proxy")) {
                node.set("POSTGRES_URL", postgres.url(halves.commonHost()));
            }
        }
        cluster = new TestCluster(postgres, nodes, halves.commonHost());
        proxyOfA = cluster.node("proxy-1");
        cluster.issue(100);
    }

    private static TwoHalves open() throws InterruptedException {
        try {
            return TwoHalves.open();
        } catch (IOException e) {
            throw FaultTable.cannot("partitions", "no network namespaces here: " + e.getMessage());
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
        if (halves != null) {
            halves.close();
        }
    }

    @Test
    @Order(1)
    void aHalfWithoutPostgresqlBelievesWhatItKnowsNoLongerThanTheBound() throws Exception {
        Tally tally = cluster.under(
                "partition of %d s, one half without PostgreSQL".formatted(PARTITION.toSeconds()),
                LATE,
                AFTER,
                load -> {
                    proxyOfA.excuse(MAX_STALE);
                    proxyOfA.apart();
                    halves.cut();
                    try {
                        halves.hide(Half.A, cluster.postgres.port());
                        pass(PARTITION);
                        assertThat(answersInA()).containsOnly(503);
                        assertThat(proxyOfA.status("/ready")).isEqualTo(200);
                    } finally {
                        halves.heal();
                    }
                    becomeWhole();
                });
        allAgree();
        // Until B knows that A is gone, it asks the issuer there too.
        assertThat(tally.failures(failure -> failure.kind() == Kind.LIVE
                        && !failure.node().equals(proxyOfA)
                        && failure.millis() > DETECTION.toMillis()))
                .isEmpty();
    }

    /** Of the proxy in A, for tokens that are live. */
    private static List<Integer> answersInA() {
        List<CompletableFuture<Reply>> replies = cluster.ledger.live().stream()
                .limit(20)
                .map(token -> Http.sendAsync(TestCluster.call(proxyOfA, token.access)))
                .toList();
        return replies.stream().map(reply -> reply.join().status()).toList();
    }

    @Test
    @Order(2)
    void halvesThatShareOnlyPostgresqlHearOfRevocationsThroughIt() throws Exception {
        List<Long> received = new ArrayList<>();
        Tally tally = cluster.under(
                "partition of %d s, both halves with PostgreSQL".formatted(PARTITION.toSeconds()),
                LATE,
                AFTER,
                load -> {
                    long end = System.nanoTime() + PARTITION.toNanos();
                    List<Token> early = tokensKnownInA(5);
                    proxyOfA.excuse(MAX_STALE);
                    proxyOfA.apart();
                    halves.cut();
                    try {
                        // Some of those whom A asks what changed are not there, and not yet given up.
                        received.addAll(revokeInB(early, MAX_STALE));
                        pass(DETECTION);
                        received.addAll(revokeInB(tokensKnownInA(10), NodeProcess.HEARD));
                        pass(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
                        assertThat(answersInA()).containsOnly(200);
                    } finally {
                        halves.heal();
                        FaultTable.line("A revocation in one half and the refusal in the other, ms: " + received);
                    }
                    becomeWhole();
                });
        allAgree();
        assertThat(tally.failures(failure -> failure.kind() == Kind.LIVE && failure.millis() > DETECTION.toMillis()))
                .isEmpty();
    }

    @Test
    @Order(3)
    void aProxyAloneBelievesWhatItKnowsNoLongerThanTheBound() throws Exception {
        NodeProcess issuerOfA = cluster.node("issuer-1");
        issuerOfA.kill();
        cluster.awaitSize(cluster.nodes.size() - 1, HEAL);
        Tally tally = cluster.under(
                "partition of %d s, one half a proxy alone".formatted(PARTITION.toSeconds()), LATE, AFTER, load -> {
                    proxyOfA.excuse(MAX_STALE);
                    proxyOfA.apart();
                    halves.cut();
                    try {
                        pass(PARTITION);
                        assertThat(answersInA()).containsOnly(503);
                    } finally {
                        halves.heal();
                        issuerOfA.launch();
                    }
                    issuerOfA.awaitReady();
                    becomeWhole();
                });
        allAgree();
        assertThat(tally.failures(failure -> failure.kind() == Kind.LIVE
                        && !failure.node().equals(proxyOfA)
                        && failure.millis() > DETECTION.toMillis()))
                .isEmpty();
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

    /** Answers how long A accepted each after its revocation was answered in B, in milliseconds. */
    private static List<Long> revokeInB(List<Token> tokens, Duration limit) {
        List<Long> received = new ArrayList<>();
        for (Token token : tokens) {
            cluster.revoke(cluster.node("admin-1"), token).isStatus(204);
            long answered = System.nanoTime();
            await("refused in the other half")
                    .atMost(limit)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() ->
                            Http.send(TestCluster.call(proxyOfA, token.access)).status() == 401);
            received.add((System.nanoTime() - answered) / 1_000_000);
        }
        return received;
    }

    /** Under load: what one half remembers must not be believed while the two become one. */
    private static void becomeWhole() {
        long healed = System.nanoTime();
        cluster.awaitWhole(HEAL);
        proxyOfA.together();
        FaultTable.line("One cluster after the partition: %.1f s".formatted((System.nanoTime() - healed) / 1e9));
    }

    private static void allAgree() {
        cluster.assertAgreement();
        cluster.assertRevocationIsHeardEverywhere();
    }
}
