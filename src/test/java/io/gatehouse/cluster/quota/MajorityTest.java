package io.gatehouse.cluster.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.gatehouse.config.ClusterTimings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests which side of a partition grants units (docs/adr/0016-leased-counters.md#partitions). */
class MajorityTest {
    private final AtomicLong nanos = new AtomicLong(1);
    private final Majority majority = new Majority(nanos::get);

    private boolean isPresent(String... nodes) {
        return majority.isPresent(nodes(nodes));
    }

    private static Set<String> nodes(String... nodes) {
        return new LinkedHashSet<>(List.of(nodes));
    }

    private void pass(double periods) {
        nanos.addAndGet((long) (periods * ClusterTimings.LOST_MEMBER_COUNTED.toNanos()));
    }

    @Test
    void aSingleNodeIsAMajority() {
        assertThat(isPresent("a")).isTrue();
    }

    @Test
    void theLargerSideIsAMajorityAndTheSmallerIsNot() {
        Majority other = new Majority(nanos::get);
        assertThat(isPresent("a", "b", "c")).isTrue();
        assertThat(other.isPresent(nodes("a", "b", "c"))).isTrue();
        assertThat(isPresent("a", "b")).isTrue();
        assertThat(other.isPresent(nodes("c"))).isFalse();
    }

    @Test
    void ofTwoHalvesTheOneWithTheOldestNodeIsAMajority() {
        Majority other = new Majority(nanos::get);
        isPresent("a", "b", "c", "d");
        other.isPresent(nodes("a", "b", "c", "d"));
        assertThat(isPresent("d", "a")).isTrue();
        assertThat(other.isPresent(nodes("b", "c"))).isFalse();
    }

    @Test
    void membersThatAreRemovedOneAfterTheOtherCountTogether() {
        isPresent("a", "b", "c", "d", "e");
        assertThat(isPresent("b", "c", "d", "e")).isTrue();
        pass(0.5);
        assertThat(isPresent("c", "d", "e")).isTrue();
        assertThat(isPresent("d", "e")).isFalse();
    }

    @Test
    void theSmallerSideRemainsSoUntilItFindsTheOther() {
        isPresent("a", "b", "c");
        assertThat(isPresent("c")).isFalse();
        pass(100);
        assertThat(isPresent("c")).isFalse();
        assertThat(isPresent("a", "b", "c"))
                .as("before the counters are merged")
                .isFalse();
        pass(1);
        assertThat(isPresent("a", "b", "c")).isTrue();
    }

    @Test
    void crashedNodesNoLongerCountAfterAWhile() {
        isPresent("a", "b", "c", "d", "e");
        assertThat(isPresent("a", "b", "c")).isTrue();
        pass(1.1);
        assertThat(isPresent("a", "b", "c")).isTrue();
        assertThat(isPresent("a", "b")).isTrue();
    }

    @Test
    void aNodeThatLeavesWithNoticeDoesNotCount() {
        isPresent("a", "b", "c");
        majority.leaving("a");
        assertThat(isPresent("a", "b", "c")).isTrue();
        assertThat(isPresent("b", "c")).isTrue();
        majority.leaving("b");
        assertThat(isPresent("c")).isTrue();
    }

    @Test
    void aMemberThatMergesIsUnavailableUntilItsCountersAreMerged() {
        assertThat(isPresent("a", "b", "c")).isTrue();
        majority.merging(LifecycleState.MERGING);
        assertThat(isPresent("a", "b", "c")).isFalse();
        majority.merging(LifecycleState.MERGED);
        assertThat(isPresent("a", "b", "c")).isFalse();
        pass(1);
        assertThat(isPresent("a", "b", "c")).isTrue();
    }

    @Test
    void newNodesReplaceThoseThatHaveCrashed() {
        isPresent("a", "b", "c");
        assertThat(isPresent("c")).isFalse();
        assertThat(isPresent("c", "d")).isFalse();
        assertThat(isPresent("c", "d", "e")).isFalse();
        pass(0.5);
        assertThat(isPresent("c", "d", "e")).isTrue();
    }
}
