package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.cluster.QuotaCluster.Node;
import io.gatehouse.cluster.replay.HazelcastUsedProofs;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.replay.ProofsUnavailable;
import io.gatehouse.replay.UsedProofs;
import io.gatehouse.replay.UsedProofs.Use;
import io.gatehouse.replay.UsedProofs.Verdict;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the memory of used proofs that the members of a cluster share, also over a partition and its loss. */
class SharedProofsTest {
    private static final int NODES = 5;
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final CredentialDigest TOKEN = CredentialDigest.of("token");
    /** The time at which the memory is made, of a clock that the test sets. */
    private static final long START = 1_800_000_000_000L;
    /** New enough for a memory that was made at the start. */
    private static final long LATER = START + 10_000;

    private final Vertx vertx = Vertx.vertx();
    private final QuotaCluster cluster = new QuotaCluster("shared-proofs-test", NODES);
    private final List<UsedProofs> proofs = cluster.nodes.stream()
            .<UsedProofs>map(node -> new HazelcastUsedProofs(vertx, node.member))
            .toList();

    @AfterEach
    void stop() {
        cluster.close();
        Gatehouse.await(vertx.close());
    }

    private Use use(int node, String proof, long nonce, long now) {
        return Gatehouse.await(proofs.get(node).use(TOKEN, CredentialDigest.of(proof), nonce, now));
    }

    private Verdict use(int node, String proof) {
        return use(node, proof, LATER, LATER).verdict();
    }

    private void begin() {
        await().atMost(LONG)
                .ignoreExceptions()
                .until(() -> Gatehouse.await(proofs.get(0).since(TOKEN, START)) > 0);
    }

    @Test
    void newMemory_acceptsNoNonceThatIsOlder_andEachProofOnce_alsoWhenTheTimeIsSetForward() {
        begin();
        // A second more, because the clock of another node may have been ahead.
        assertThat(use(0, "new", START, START)).isEqualTo(new Use(Verdict.TOO_OLD, START + 1_000));
        assertThat(use(1, "new", START + 1_000, LATER).verdict()).isEqualTo(Verdict.TOO_OLD);
        assertThat(use(1, "new", START + 1_001, LATER).verdict()).isEqualTo(Verdict.ACCEPTED);

        assertThat(use(0, "a")).isEqualTo(Verdict.ACCEPTED);
        for (int node = 0; node < NODES; node++) {
            assertThat(use(node, "a")).isEqualTo(Verdict.REPLAYED);
        }
        assertThat(use(4, "b")).isEqualTo(Verdict.ACCEPTED);

        List<CompletableFuture<Use>> atOnce = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            atOnce.add(proofs.get(i % NODES)
                    .use(TOKEN, CredentialDigest.of("c"), LATER, LATER)
                    .toCompletionStage()
                    .toCompletableFuture());
        }
        List<Verdict> verdicts =
                atOnce.stream().map(use -> use.join().verdict()).toList();
        assertThat(Collections.frequency(verdicts, Verdict.ACCEPTED)).isEqualTo(1);
        assertThat(Collections.frequency(verdicts, Verdict.REPLAYED)).isEqualTo(39);

        cluster.nodes.forEach(node -> node.setForward(Duration.ofMinutes(10)));
        assertThat(use(0, "d")).isEqualTo(Verdict.ACCEPTED);
        for (String proof : List.of("a", "b", "c")) {
            assertThat(use(1, proof)).isEqualTo(Verdict.REPLAYED);
        }
    }

    /** Without a member that holds data, no node accepts a proof. */
    @Test
    void crashedMember_losesNoProof_andTheLastOneLosesAll() {
        begin();
        assertThat(use(2, "a")).isEqualTo(Verdict.ACCEPTED);

        cluster.nodes.get(1).member.getLifecycleService().terminate();
        cluster.nodes.get(0).awaitSize(NODES - 1);

        isUnavailable(() -> use(1, "a"));
        isUnavailable(() -> Gatehouse.await(proofs.get(1).since(TOKEN, LATER)));
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(use(2, "a")).isEqualTo(Verdict.REPLAYED));
        awaitUse(3, "b", LATER);

        cluster.nodes.get(0).member.getLifecycleService().terminate();

        for (String proof : List.of("a", "b", "c")) {
            isUnavailable(() -> use(2, proof));
        }
    }

    private static void isUnavailable(ThrowingCallable operation) {
        assertThatThrownBy(operation)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ProofsUnavailable.class);
    }

    /** Asserts that a node does not accept a proof, as soon as it can decide. */
    private void isNotAccepted(int node, String proof, long nonce) {
        Verdict verdict = await().atMost(LONG)
                .ignoreExceptions()
                .until(() -> use(node, proof, nonce, nonce).verdict(), Objects::nonNull);
        assertThat(verdict).isNotEqualTo(Verdict.ACCEPTED);
    }

    /** Uses a proof until there is a reply. An attempt without one may have been accepted. */
    private void awaitUse(int node, String proof, long nonce) {
        await().atMost(LONG)
                .ignoreExceptions()
                .until(
                        () -> use(node, proof, nonce, nonce).verdict(),
                        verdict -> verdict == Verdict.ACCEPTED || verdict == Verdict.REPLAYED);
    }

    @Test
    void smallerSideIsUnavailable_andAMergeKeepsTheProofsOfTheLarger() {
        begin();
        List<Node> smaller = List.of(cluster.nodes.get(4), cluster.nodes.get(1));
        List<Node> larger = List.of(cluster.nodes.get(2), cluster.nodes.get(3), cluster.nodes.get(0));
        assertThat(use(4, "before")).isEqualTo(Verdict.ACCEPTED);
        for (Node one : smaller) {
            larger.forEach(one::suspect);
        }
        smaller.forEach(lost -> cluster.nodes.get(0).suspect(lost));
        smaller.forEach(node -> node.awaitSize(smaller.size()));
        larger.forEach(node -> node.awaitSize(larger.size()));

        isUnavailable(() -> use(4, "before"));
        isUnavailable(() -> use(1, "during"));
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(use(2, "before")).isNotEqualTo(Verdict.ACCEPTED));
        long since = Gatehouse.await(proofs.get(2).since(TOKEN, LATER));
        awaitUse(3, "during", since + 1);
        cluster.merge();

        for (int node = 0; node < NODES; node++) {
            isNotAccepted(node, "during", since + 1);
            isNotAccepted(node, "before", LATER);
        }
    }
}
