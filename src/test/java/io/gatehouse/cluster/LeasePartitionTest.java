package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.cluster.QuotaCluster.Node;
import io.gatehouse.cluster.quota.HazelcastLeaseStore;
import io.gatehouse.quota.StoreUnavailable;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Tests the counters of a cluster that loses members (docs/adr/0016-leased-counters.md#partitions). */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeasePartitionTest {
    private static final int NODES = 5;
    private static final long LIMIT = 1_000;

    private static QuotaCluster cluster;

    @BeforeAll
    static void start() {
        cluster = new QuotaCluster("lease-partition-test", NODES);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static int take(Node node, String key, int requests) {
        int allowed = 0;
        for (int i = 0; i < requests; i++) {
            if (node.take(key, LIMIT)) {
                allowed++;
            }
        }
        return allowed;
    }

    @Test
    @Order(2)
    void aCrashedNodeLosesItsLease_andTheLimitIsNotExceeded() {
        Node crashing = cluster.nodes.get(4);
        Node other = cluster.nodes.get(3);
        int used = take(crashing, "crash", 100);

        crashing.member.getLifecycleService().terminate();
        other.awaitSize(NODES - 1);
        int rest = take(other, "crash", (int) LIMIT * 2);

        assertThat(used).isEqualTo(100);
        // A lease is no larger than what the node has received before: at most what it has used, and a first lease.
        assertThat(rest).isBetween((int) LIMIT - used - used - 20, (int) LIMIT - used);
    }

    /** Before the crash, because it needs all nodes. */
    @Test
    @Order(1)
    void theSmallerSideIsUnavailable_andTheLargerSideContinues() {
        // Both sides have a member that holds data. The oldest node is on the larger one.
        List<Node> smaller = List.of(cluster.nodes.get(4), cluster.nodes.get(1));
        List<Node> larger = List.of(cluster.nodes.get(2), cluster.nodes.get(3), cluster.nodes.get(0));
        int before = take(smaller.get(1), "key", 50) + take(larger.get(0), "key", 50);
        cluster.nodes.get(2).take("other", LIMIT);

        for (Node one : smaller) {
            larger.forEach(one::suspect);
        }
        smaller.forEach(lost -> cluster.nodes.get(0).suspect(lost));
        smaller.forEach(node -> node.awaitSize(smaller.size()));
        larger.forEach(node -> node.awaitSize(larger.size()));
        assertUnavailable(smaller.get(0), "fresh");
        assertUnavailable(smaller.get(1), "other");
        assertThat(take(larger.get(2), "fresh", 10)).isEqualTo(10);
        int during = take(larger.get(1), "key", 300);
        cluster.merge();

        int after = 0;
        for (int i = 0; i < LIMIT * 2; i++) {
            after += take(cluster.nodes.get(i % NODES), "key", 1);
        }
        assertThat(before).isEqualTo(100);
        assertThat(during).isEqualTo(300);
        // A side keeps what it has, and a lease that was recalled from a lost node counts as used.
        assertThat(before + during + after).isBetween((int) LIMIT - 200, (int) LIMIT);
    }

    @Test
    void aNodeThatLosesTheOthersIsUnavailable_andOneThatTheOthersLeaveIsNot() {
        try (QuotaCluster shrinking = new QuotaCluster("lease-leave-test", NODES)) {
            Node last = shrinking.nodes.get(0);
            for (Node leaving : shrinking.nodes.subList(2, NODES)) {
                HazelcastLeaseStore.giveNotice(leaving.member);
                leaving.member.getLifecycleService().shutdown();
            }
            last.awaitSize(2);
            assertThat(last.take("key", LIMIT)).isTrue();

            // The oldest of two is a majority.
            shrinking.nodes.get(1).member.getLifecycleService().terminate();
            last.awaitSize(1);
            assertThat(last.take("other", LIMIT)).isTrue();
        }
    }

    private static void assertUnavailable(Node node, String key) {
        assertThatThrownBy(() -> node.takeOnce(key, LIMIT).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreUnavailable.class);
    }
}
