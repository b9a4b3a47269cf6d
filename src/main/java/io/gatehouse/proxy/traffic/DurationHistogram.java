package io.gatehouse.proxy.traffic;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Counts durations in fixed buckets.
 *
 * <p><i>Threading</i>: one thread writes, any reads.
 *
 * <p><i>Why</i>: with one writer a plain store is enough. It takes about 2 ns, a {@code Timer} about 50 ns.
 */
final class DurationHistogram {
    /** Upper bounds in nanoseconds, from the gateway's own share to a slow upstream. */
    private static final long[] BOUNDS = LongStream.of(
                    500,
                    1_000,
                    2_500,
                    5_000,
                    10_000,
                    25_000,
                    50_000,
                    100_000,
                    250_000,
                    500_000,
                    1_000_000,
                    2_500_000,
                    5_000_000,
                    10_000_000)
            .map(TimeUnit.MICROSECONDS::toNanos)
            .toArray();

    /** The buckets are followed by the sum. */
    private static final int SUM = BOUNDS.length + 1;

    private final AtomicLongArray values = new AtomicLongArray(SUM + 1);
    /** The last one of each bucket. Created with the first, because most nodes export no spans. About 1 KB. */
    private volatile @Nullable AtomicReferenceArray<TracedDuration> traced;

    /** The count of each bucket, the last of which has no bound, and the sum in nanoseconds. */
    static final class Read {
        private final long[] counts = new long[BOUNDS.length + 1];
        private final SortedMap<Integer, TracedDuration> traced = new TreeMap<>();
        private long sumNanos;

        void add(DurationHistogram more) {
            AtomicReferenceArray<TracedDuration> last = more.traced;
            for (int i = 0; i < counts.length; i++) {
                counts[i] += more.values.get(i);
                TracedDuration own = last == null ? null : last.getAcquire(i);
                if (own != null) {
                    traced.merge(i, own, (one, other) -> one.epochMillis() > other.epochMillis() ? one : other);
                }
            }
            sumNanos += more.values.get(SUM);
        }

        /** Returns the last traced request of each bucket that has one. */
        List<TracedDuration> traced() {
            return List.copyOf(traced.values());
        }

        long[] counts() {
            return counts.clone();
        }

        long sumNanos() {
            return sumNanos;
        }
    }

    /** Returns the upper bounds of the buckets, the last of which has none. */
    static double[] bounds(double nanosPerUnit) {
        return DoubleStream.concat(
                        LongStream.of(BOUNDS).mapToDouble(nanos -> nanos / nanosPerUnit),
                        DoubleStream.of(Double.POSITIVE_INFINITY))
                .toArray();
    }

    void record(long nanos) {
        add(bucket(nanos), 1);
        add(SUM, nanos);
    }

    private static int bucket(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanos > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    /** Makes a request that was counted the exemplar of its bucket. */
    void exemplify(TracedDuration duration) {
        AtomicReferenceArray<TracedDuration> last = traced;
        if (last == null) {
            last = new AtomicReferenceArray<>(BOUNDS.length + 1);
            traced = last;
        }
        last.setRelease(bucket(duration.nanos()), duration);
    }

    private void add(int index, long amount) {
        values.lazySet(index, values.get(index) + amount);
    }
}
