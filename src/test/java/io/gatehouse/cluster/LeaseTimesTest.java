package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.map.IMap;
import io.gatehouse.cluster.quota.HazelcastLeaseStore;
import io.gatehouse.quota.Claim;
import io.gatehouse.quota.CounterId;
import io.gatehouse.quota.LeaseStore;
import io.gatehouse.quota.LeasedCounters;
import io.gatehouse.quota.Period;
import io.gatehouse.quota.Release;
import io.gatehouse.quota.StoreUnavailable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the time limits of the counters of a cluster (docs/reference/limits.md#rate-limiting). */
class LeaseTimesTest {
    private static final int SECOND_MILLIS = 1_000;
    private static final int LONG_SECONDS = 60;

    private static QuotaCluster cluster;
    private static HazelcastLeaseStore store;

    @BeforeAll
    static void start() {
        cluster = new QuotaCluster("lease-times-test", 2);
        store = new HazelcastLeaseStore(cluster.nodes.get(0).member);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static CounterId counterOfThisSecond() {
        long now = store.now();
        return new CounterId("key", Period.SECOND, now - now % SECOND_MILLIS);
    }

    @Test
    void aCounterIsRemoved2SecondsAfterItsWindow() throws Exception {
        IMap<String, Object> counters = cluster.nodes.get(0).member.getMap("gatehouse.counters");
        store.claim(counterOfThisSecond(), new Claim(1, 0, 1, 0, 10, List.of()))
                .toCompletableFuture()
                .get(LONG_SECONDS, TimeUnit.SECONDS);
        String key = counters.keySet().iterator().next();
        assertThat(counters.getEntryView(key).getTtl()).isBetween(2L * SECOND_MILLIS, 3L * SECOND_MILLIS);
        await().atMost(Duration.ofSeconds(LONG_SECONDS)).until(() -> !counters.containsKey(key));
    }

    @Test
    void theCountersOfAMemberThatHasEnded_areUnavailable_andThoseOfTheNodeAreNot() {
        try (QuotaCluster ended = new QuotaCluster("ended-member-test", 1)) {
            QuotaCluster.Node node = ended.nodes.get(0);
            HazelcastLeaseStore its = new HazelcastLeaseStore(node.member);
            LeasedCounters own = new LeasedCounters(LeaseStore.ofNode(its::now));
            CounterId counter = counterOfThisSecond();

            node.member.getLifecycleService().terminate();

            assertThat(node.takeOnce("key", 1))
                    .failsWithin(Duration.ofSeconds(LONG_SECONDS))
                    .withThrowableThat()
                    .withCauseInstanceOf(StoreUnavailable.class);
            assertThat(its.recall(counter, "other"))
                    .failsWithin(Duration.ofSeconds(LONG_SECONDS))
                    .withThrowableThat()
                    .withCauseInstanceOf(StoreUnavailable.class);
            assertThat(own.take("key", QuotaCluster.Node.limits(1)).join().isAllowed())
                    .isTrue();
        }
    }

    @Test
    void aRecallFailsAfter250Millis() {
        CountDownLatch done = new CountDownLatch(1);
        HazelcastLeaseStore unresponsive = new HazelcastLeaseStore(cluster.nodes.get(1).member);
        unresponsive.onRecall(counter -> {
            try {
                assertThat(done.await(LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Optional.empty();
        });
        try {
            long started = System.nanoTime();
            CompletableFuture<Optional<Release>> recall =
                    store.recall(counterOfThisSecond(), unresponsive.node()).toCompletableFuture();
            assertThatThrownBy(() -> recall.get(LONG_SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(250));
        } finally {
            done.countDown();
        }
    }
}
