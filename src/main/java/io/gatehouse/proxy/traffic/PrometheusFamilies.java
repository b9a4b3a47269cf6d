package io.gatehouse.proxy.traffic;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Builds metric families over all routes, in the form of the Prometheus registry. */
final class PrometheusFamilies {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private PrometheusFamilies() {}

    static Labels labels(RouteMeters meters) {
        return Labels.of("route", meters.route(), "service", meters.service());
    }

    static CounterSnapshot.CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }

    static CounterSnapshot counter(
            String name, String help, List<RouteMeters> routes, ToLongFunction<RouteMeters> value) {
        CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
        routes.forEach(meters -> family.dataPoint(point(labels(meters), value.applyAsLong(meters))));
        return family.build();
    }

    static HistogramSnapshot seconds(
            String name,
            String help,
            List<RouteMeters> routes,
            Function<RouteMeters, DurationHistogram.Read> durations) {
        return histogram(name, help, NANOS_PER_SECOND, routes, durations);
    }

    static HistogramSnapshot millis(
            String name,
            String help,
            List<RouteMeters> routes,
            Function<RouteMeters, DurationHistogram.Read> durations) {
        return histogram(name, help, NANOS_PER_MILLI, routes, durations);
    }

    private static HistogramSnapshot histogram(
            String name,
            String help,
            double nanosPerUnit,
            List<RouteMeters> routes,
            Function<RouteMeters, DurationHistogram.Read> durations) {
        double[] bounds = DurationHistogram.bounds(nanosPerUnit);
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder().name(name).help(help);
        for (RouteMeters meters : routes) {
            DurationHistogram.Read read = durations.apply(meters);
            HistogramSnapshot.HistogramDataPointSnapshot.Builder point =
                    HistogramSnapshot.HistogramDataPointSnapshot.builder();
            point.classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, read.counts()))
                    .sum(read.sumNanos() / nanosPerUnit)
                    .labels(labels(meters))
                    .exemplars(exemplars(read, nanosPerUnit));
            family.dataPoint(point.build());
        }
        return family.build();
    }

    private static Exemplars exemplars(DurationHistogram.Read read, double nanosPerUnit) {
        return Exemplars.of(read.traced().stream()
                .map(duration -> Exemplar.builder()
                        .traceId(duration.traceId())
                        .spanId(duration.spanId())
                        .value(duration.nanos() / nanosPerUnit)
                        .timestampMillis(duration.epochMillis())
                        .build())
                .toList());
    }
}
