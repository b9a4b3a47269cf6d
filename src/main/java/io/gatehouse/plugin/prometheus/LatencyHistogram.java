package io.gatehouse.plugin.prometheus;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Counts durations in buckets of milliseconds.
 *
 * <p><i>Threading</i>: safe for every thread.
 */
final class LatencyHistogram {
    private static final double NANOS_PER_MILLI = 1e6;

    private final long[] boundsMillis;
    private final LongAdder[] counts;
    private final LongAdder sumNanos = new LongAdder();

    /** Creates a histogram with these upper bounds, ascending, and a last bucket without one. */
    LatencyHistogram(long... boundsMillis) {
        this.boundsMillis = boundsMillis.clone();
        this.counts =
                Stream.generate(LongAdder::new).limit(boundsMillis.length + 1L).toArray(LongAdder[]::new);
    }

    /** Counts a duration. A negative one stands for none. */
    void record(long nanos) {
        if (nanos < 0) {
            return;
        }
        int bucket = 0;
        while (bucket < boundsMillis.length && nanos > TimeUnit.MILLISECONDS.toNanos(boundsMillis[bucket])) {
            bucket++;
        }
        counts[bucket].increment();
        sumNanos.add(nanos);
    }

    HistogramDataPointSnapshot read(Labels labels) {
        double[] bounds = DoubleStream.concat(
                        Arrays.stream(boundsMillis).asDoubleStream(), DoubleStream.of(Double.POSITIVE_INFINITY))
                .toArray();
        long[] values = Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, values))
                .sum(sumNanos.sum() / NANOS_PER_MILLI)
                .labels(labels)
                .build();
    }
}
