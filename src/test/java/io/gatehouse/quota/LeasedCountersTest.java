package io.gatehouse.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeasedCountersTest {
    private static final List<Limit> TWO_A_SECOND_THREE_A_MINUTE =
            List.of(new Limit(Period.SECOND, 2), new Limit(Period.MINUTE, 3));

    private final AtomicLong now = new AtomicLong(millis("2026-02-28T23:59:58Z"));
    private final LeasedCounters counters = new LeasedCounters(LeaseStore.ofNode(now::get));

    private static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private Verdict take(List<Limit> limits) {
        return counters.take("key", limits).getNow(null);
    }

    private static List<Long> remaining(Verdict verdict) {
        return verdict.usages().stream().map(Verdict.Usage::remaining).toList();
    }

    @Test
    void aUnitIsTakenOfEachLimitOrOfNone() {
        assertThat(remaining(take(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(1L, 2L);
        assertThat(remaining(take(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(0L, 1L);

        Verdict rejected = take(TWO_A_SECOND_THREE_A_MINUTE);
        assertThat(rejected.isAllowed()).isFalse();
        assertThat(remaining(rejected)).containsExactly(0L, 1L);

        now.addAndGet(1_000);
        assertThat(remaining(take(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(1L, 0L);
        Verdict ofMinute = take(TWO_A_SECOND_THREE_A_MINUTE);
        assertThat(ofMinute.isAllowed()).isFalse();
        assertThat(remaining(ofMinute)).containsExactly(1L, 0L);
        assertThat(ofMinute.usages().get(1).resetMillis()).isEqualTo(1_000);
    }

    private Verdict look(List<Limit> limits) {
        return counters.look("key", limits).getNow(null);
    }

    @Test
    void aLookTakesNothing_andCountedUnitsAreUsed() {
        assertThat(remaining(look(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(2L, 3L);
        assertThat(remaining(look(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(2L, 3L);

        counters.count("key", TWO_A_SECOND_THREE_A_MINUTE, 2, now.get());
        Verdict ofSecond = look(TWO_A_SECOND_THREE_A_MINUTE);
        assertThat(ofSecond.isAllowed()).isFalse();
        assertThat(remaining(ofSecond)).containsExactly(0L, 1L);

        now.addAndGet(1_000);
        assertThat(remaining(look(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(2L, 1L);
        counters.count("key", TWO_A_SECOND_THREE_A_MINUTE, 5, now.get());
        assertThat(remaining(look(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(0L, 0L);
        counters.count("key", TWO_A_SECOND_THREE_A_MINUTE, -6, now.get());
        assertThat(remaining(look(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(2L, 2L);
    }

    @Test
    void unitsOfAnEndedWindowAreNotCounted() {
        long then = now.get();
        assertThat(look(TWO_A_SECOND_THREE_A_MINUTE).isAllowed()).isTrue();
        now.addAndGet(1_000);
        counters.count("key", TWO_A_SECOND_THREE_A_MINUTE, 1, then);
        assertThat(remaining(look(TWO_A_SECOND_THREE_A_MINUTE))).containsExactly(2L, 2L);
    }

    @Test
    void countedUnitsAreBounded() {
        List<Limit> year = List.of(new Limit(Period.YEAR, 3));
        for (int i = 0; i < 3; i++) {
            counters.count("key", year, Long.MAX_VALUE, now.get());
            assertThat(look(year).isAllowed()).isFalse();
        }
        for (int i = 0; i < 3; i++) {
            counters.count("key", year, Long.MIN_VALUE, now.get());
        }
        assertThat(remaining(look(year))).containsExactly(3L);
    }

    @Test
    void windowsFollowTheCalendarInUtc() {
        List<Limit> all = Arrays.stream(Period.values())
                .map(period -> new Limit(period, 9))
                .toList();
        assertThat(take(all).usages())
                .extracting(Verdict.Usage::resetMillis)
                .containsExactly(1_000L, 2_000L, 2_000L, 2_000L, 2_000L, millis("2027-01-01T00:00:00Z") - now.get());
    }

    @Test
    void aRaisedLimitContinuesTheCount() {
        List<Limit> one = List.of(new Limit(Period.YEAR, 1));
        List<Limit> three = List.of(new Limit(Period.YEAR, 3));
        assertThat(take(one).isAllowed()).isTrue();
        assertThat(take(one).isAllowed()).isFalse();
        assertThat(take(three).isAllowed()).isTrue();
        assertThat(take(three).isAllowed()).isTrue();
        assertThat(take(three).isAllowed()).isFalse();
    }

    @Test
    void aLoweredLimitContinuesTheCount() {
        List<Limit> ten = List.of(new Limit(Period.YEAR, 10));
        List<Limit> three = List.of(new Limit(Period.YEAR, 3));
        assertThat(remaining(take(ten))).containsExactly(9L);
        assertThat(remaining(take(three))).containsExactly(1L);
        assertThat(remaining(look(three))).containsExactly(1L);
        assertThat(remaining(take(three))).containsExactly(0L);
        assertThat(take(three).isAllowed()).isFalse();
        assertThat(remaining(take(ten))).containsExactly(6L);
    }

    @Test
    void keysAreCountedSeparately() {
        List<Limit> one = List.of(new Limit(Period.YEAR, 1));
        assertThat(take(one).isAllowed()).isTrue();
        assertThat(counters.take("other", one).getNow(null).isAllowed()).isTrue();
    }

    @Test
    void threadsOfANodeShareTheCount() {
        List<Limit> limits = List.of(new Limit(Period.YEAR, 10_000));
        long allowed = IntStream.range(0, 20_000)
                .parallel()
                .filter(i -> counters.take("shared", limits).join().isAllowed())
                .count();
        assertThat(allowed).isEqualTo(10_000);
    }

    @Test
    void anUnresponsiveStoreDelaysTheFirstRequestsOnly() {
        UnresponsiveStore store = new UnresponsiveStore();
        LeasedCounters waiting = new LeasedCounters(store);
        List<Limit> limits = List.of(new Limit(Period.YEAR, 5));

        assertThatThrownBy(() -> waiting.take("key", limits).get(10, TimeUnit.SECONDS))
                .hasMessageContaining("TimeoutException");
        CompletableFuture<Verdict> next = waiting.take("key", limits);
        assertThat(next).isCompletedExceptionally();
        assertThat(store.claims).as("one claim is in flight").hasValue(1);

        store.outcome.complete(new Grant(2, 5, 0, List.of()));
        assertThat(waiting.take("key", limits).join().isAllowed()).isTrue();
    }

    @Test
    void aStoreThatFailsIsNotAskedForEachRequest() {
        UnresponsiveStore store = new UnresponsiveStore();
        store.outcome.completeExceptionally(new IllegalStateException("failed"));
        LeasedCounters failing = new LeasedCounters(store);
        List<Limit> limits = List.of(new Limit(Period.YEAR, 5));

        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> failing.take("key", limits).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(StoreUnavailable.class);
        }
        assertThat(store.claims.get()).isLessThan(50);
    }

    @Test
    void evictedLeasesAreReturned() {
        UnresponsiveStore store = new UnresponsiveStore();
        store.outcome.complete(new Grant(2, 5, 0, List.of()));
        LeasedCounters bounded = new LeasedCounters(store, Long.MAX_VALUE / 2);
        List<Limit> limits = List.of(new Limit(Period.YEAR, 5));
        int keys = LeasedCounters.MAX_KEYS + 10_000;
        for (int i = 0; i < keys; i++) {
            bounded.take("key-" + i, limits).join();
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(store.claims.get()).isGreaterThanOrEqualTo(keys + 9_000));
        assertThat(bounded.size()).isBetween(LeasedCounters.MAX_KEYS - 10L, (long) LeasedCounters.MAX_KEYS);
    }

    @Test
    void keysAreBoundedByTheirMemory() {
        int bytes = LeasedCounters.KEY_BYTES + 2 * LeasedCounters.LEASE_BYTES;
        LeasedCounters bounded = new LeasedCounters(LeaseStore.ofNode(now::get), 100L * bytes);
        List<Limit> two = List.of(new Limit(Period.MONTH, 5), new Limit(Period.YEAR, 5));
        for (int i = 0; i < 1_000; i++) {
            bounded.take("key-" + i, two).join();
        }
        assertThat(bounded.size()).isBetween(99L, 100L);
    }

    @Test
    void returnsOfEvictedLeasesAreBounded_andLeaveTripsToRequests() {
        UnresponsiveStore store = new UnresponsiveStore();
        store.outcome.complete(new Grant(2, 5, 0, List.of()));
        CompletableFuture<Grant> late = new CompletableFuture<>();
        store.outcomeOfReturns = late;
        LeasedCounters bounded = new LeasedCounters(store, 100_000);
        List<Limit> limits = List.of(new Limit(Period.YEAR, 5));
        for (int i = 0; i < 10_000; i++) {
            assertThat(bounded.take("key-" + i, limits).join().isAllowed()).isTrue();
        }
        evict(bounded);
        assertThat(store.returns).hasValue(LeasedCounters.MAX_BACKGROUND_CLAIMS);

        late.complete(new Grant(3, 0, 0, List.of()));
        long keys = bounded.size() + 1_000;
        for (int i = 0; i < 1_000; i++) {
            bounded.take("later-" + i, limits).join();
        }
        long evicted = keys - bounded.size();
        assertThat(evicted).isGreaterThan(900);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(store.returns.get())
                        .isGreaterThanOrEqualTo(LeasedCounters.MAX_BACKGROUND_CLAIMS + (int) evicted));
    }

    @Test
    void tripsForCountedUnitsLeaveTripsToRequests() {
        UnresponsiveStore store = new UnresponsiveStore();
        LeasedCounters counting = new LeasedCounters(store);
        List<Limit> limits = List.of(new Limit(Period.YEAR, 5));
        for (int i = 0; i < LeasedCounters.MAX_CLAIMS; i++) {
            counting.count("counted-" + i, limits, 1, store.now());
        }
        assertThat(store.claims).hasValue(LeasedCounters.MAX_BACKGROUND_CLAIMS);

        for (int i = 0; i < LeasedCounters.MAX_CLAIMS - LeasedCounters.MAX_BACKGROUND_CLAIMS; i++) {
            var unused = counting.take("key-" + i, limits);
        }
        assertThat(store.claims).hasValue(LeasedCounters.MAX_CLAIMS);
        assertThat(counting.take("one-more", limits)).isCompletedExceptionally();
        store.outcome.complete(new Grant(2, 5, 0, List.of()));

        // The next request of a caller leases what has been counted.
        String last = "counted-" + (LeasedCounters.MAX_CLAIMS - 1);
        assertThat(remaining(counting.look(last, limits).join())).containsExactly(4L);
    }

    @ParameterizedTest
    @CsvSource({"false, 4", "true, 5"})
    void aLeaseThatIsEvictedDuringItsFirstClaimIsReturned_onceNoRequestWaits(boolean timesOut, int unused) {
        UnresponsiveStore store = new UnresponsiveStore();
        LeasedCounters bounded = new LeasedCounters(store, 10_000);
        List<Limit> limits = List.of(new Limit(Period.YEAR, 5));
        List<CompletableFuture<Verdict>> requests = IntStream.range(0, 500)
                .mapToObj(i -> bounded.take("key-" + i, limits))
                .toList();
        evict(bounded);
        assertThat(store.returns).hasValue(0);
        if (timesOut) {
            requests.forEach(request -> assertThatThrownBy(request::join).hasMessageContaining("TimeoutException"));
        }

        store.outcome.complete(new Grant(2, 5, 0, List.of()));
        if (!timesOut) {
            requests.forEach(
                    request -> assertThat(request.getNow(null).isAllowed()).isTrue());
        }
        int evicted = requests.size() - (int) bounded.size();
        assertThat(store.returns).hasValue(evicted);
        assertThat(store.returnedUnits).hasValue((long) evicted * unused);
    }

    /** Waits for the removals, which run in the common pool. */
    private static void evict(LeasedCounters counters) {
        assertThat(counters.size()).isPositive();
        assertThat(ForkJoinPool.commonPool().awaitQuiescence(30, TimeUnit.SECONDS))
                .isTrue();
    }
}
