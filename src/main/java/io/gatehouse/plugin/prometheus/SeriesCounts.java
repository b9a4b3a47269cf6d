package io.gatehouse.plugin.prometheus;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/**
 * Counts by the labels of a metric.
 *
 * <p><i>Invariant</i>: a metric that has {@code limit} series gets no more that name a Consumer. What they would count is counted
 * without one, so that sums over Consumers are complete.
 *
 * <p><i>Threading</i>: safe for every thread. Threads that add at the same time may each exceed the limit by one series.
 */
final class SeriesCounts<K extends SeriesCounts.Key<K>> {
    private final int limit;
    private final Map<K, LongAdder> counts = new ConcurrentHashMap<>();

    /** Names a series. */
    interface Key<K> {
        RouteLabels route();

        /** Returns the username; empty for the series without a Consumer. */
        String consumer();

        K withoutConsumer();

        Labels labels();
    }

    SeriesCounts(int limit) {
        this.limit = limit;
    }

    /** Adds to the series of the key. Returns false if the limit made it that of the key without its Consumer. */
    boolean add(K key, long amount) {
        LongAdder count = counts.get(key);
        if (count != null) {
            count.add(amount);
            return true;
        }
        boolean fits = key.consumer().isEmpty() || counts.size() < limit;
        counts.computeIfAbsent(fits ? key : key.withoutConsumer(), missing -> new LongAdder())
                .add(amount);
        return fits;
    }

    /** Removes the series of all other routes. */
    void retain(Set<RouteLabels> routes) {
        counts.keySet().removeIf(key -> !routes.contains(key.route()));
    }

    /** Passes each series of these routes on. */
    void forEach(Set<RouteLabels> routes, ObjLongConsumer<Labels> consumer) {
        counts.forEach((key, count) -> {
            if (routes.contains(key.route())) {
                consumer.accept(key.labels(), count.sum());
            }
        });
    }
}
