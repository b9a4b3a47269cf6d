package io.gatehouse.cluster.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.quota.Claim;
import io.gatehouse.quota.Grant;
import io.gatehouse.quota.Release;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests that a claim that Hazelcast repeats, such as after the crash of a member, is applied once. */
class CounterTest {
    private static final Set<String> MEMBERS = Set.of("a", "b", "c");
    private static final long LIMIT = 100;

    private static Claim claim(long generation, long returned, long wanted, Release... releases) {
        return new Claim(generation, returned, wanted, 0, LIMIT, List.of(releases));
    }

    @Test
    void aRepeatedClaimReturnsTheSameGrantAndChangesNothing() {
        Counter.Outcome first = Counter.EMPTY.apply("a", claim(7, 0, 5), MEMBERS);
        Counter.Outcome again = first.counter().apply("a", claim(7, 0, 5), MEMBERS);

        assertThat(first.grant().granted()).isEqualTo(5);
        assertThat(again.counter()).isEqualTo(first.counter());
        assertThat(again.grant()).isEqualTo(first.grant());
    }

    @Test
    void aRepeatedReturnIsAppliedOnce() {
        Counter lent = Counter.EMPTY.apply("a", claim(7, 0, 5), MEMBERS).counter();
        Counter returned = lent.apply("a", claim(8, 3, 0), MEMBERS).counter();

        assertThat(returned.granted()).isEqualTo(2);
        assertThat(returned.apply("a", claim(8, 3, 0), MEMBERS).counter().granted())
                .isEqualTo(2);
    }

    @Test
    void aReleaseThatTwoNodesCollectIsAppliedOnce() {
        Counter lent = Counter.EMPTY.apply("a", claim(7, 0, 100), MEMBERS).counter();
        Release release = new Release("a", 8, 40);
        Counter.Outcome ofB = lent.apply("b", claim(1, 0, 1, release), MEMBERS);
        Counter.Outcome ofC = ofB.counter().apply("c", claim(1, 0, 1, release), MEMBERS);
        // The node whose lease was recalled returns the units itself as well.
        Counter.Outcome ofA = ofC.counter().apply("a", claim(8, 40, 1), MEMBERS);

        assertThat(ofC.counter().granted())
                .isEqualTo(60 + ofB.grant().granted() + ofC.grant().granted());
        assertThat(ofA.counter().granted())
                .isEqualTo(ofC.counter().granted() + ofA.grant().granted());
    }

    @Test
    void aReleaseOfAnEarlierLeaseIsIgnored() {
        Counter lent = Counter.EMPTY.apply("a", claim(7, 0, 5), MEMBERS).counter();
        Counter renewed = lent.apply("a", claim(8, 0, 5), MEMBERS).counter();

        Counter after = renewed.apply("b", claim(1, 0, 0, new Release("a", 8, 5)), MEMBERS)
                .counter();

        assertThat(after.granted()).isEqualTo(10);
    }

    @Test
    void aNodeWithoutALeaseReleasesNothing() {
        Counter lent = Counter.EMPTY.apply("a", claim(7, 0, 100), MEMBERS).counter();
        Grant none = lent.apply("b", claim(1, 0, 1), MEMBERS).grant();
        Counter.Outcome after = lent.apply("b", claim(1, 0, 1, new Release("a", Release.NO_LEASE, 0)), MEMBERS);

        assertThat(none.holders()).containsExactly("a");
        assertThat(after.grant().granted()).isZero();
        assertThat(after.grant().holders()).isEmpty();
        assertThat(after.counter().granted()).isEqualTo(LIMIT);
    }

    @Test
    void aNodeReturnsNoMoreThanItsLease() {
        Counter lent = Counter.EMPTY.apply("a", claim(7, 0, 5), MEMBERS).counter();
        assertThat(lent.apply("a", claim(8, 50, 0), MEMBERS).counter().granted())
                .isZero();
    }

    @Test
    void nodesThatHaveLeftAreRemovedFromACounterOfALongWindow() {
        Counter counter = Counter.EMPTY;
        for (int i = 0; i < 1_000; i++) {
            counter = counter.apply("former-" + i, claim(1, 0, 0), MEMBERS).counter();
        }
        assertThat(counter.holders()).hasSizeLessThan(20);
    }
}
