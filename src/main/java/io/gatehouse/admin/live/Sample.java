package io.gatehouse.admin.live;

import io.gatehouse.bus.NodeFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds the traffic of all nodes between two reads of their counters.
 *
 * @param time of the second read, in milliseconds since the epoch
 * @param responses by status class, per second
 * @param median seconds that half of the requests took at most; null without a request
 * @param p99 seconds that 99 % of the requests took at most; null without a request
 * @param lookups of credentials by outcome, per second
 */
record Sample(
        long time,
        Map<String, Double> responses,
        @Nullable Double median,
        @Nullable Double p99,
        Map<String, Double> lookups) {
    private static final double ROUNDING = 100;

    /**
     * Computes the traffic between two reads, of the nodes that are in both. Counters of a node never decrease, because a node that starts again
     * has a new id.
     *
     * @param seconds between the reads
     */
    static Sample between(Map<String, NodeFigures> before, Map<String, NodeFigures> after, double seconds, long time) {
        Map<String, Long> responses = new TreeMap<>();
        Map<String, Long> lookups = new TreeMap<>();
        List<Double> bounds = List.of();
        List<Long> durations = new ArrayList<>();
        for (Map.Entry<String, NodeFigures> entry : after.entrySet()) {
            NodeFigures old = before.get(entry.getKey());
            NodeFigures now = entry.getValue();
            if (old != null) {
                add(responses, old.responses(), now.responses());
                add(lookups, old.lookups(), now.lookups());
                bounds = now.bounds();
                add(durations, old.durations(), now.durations());
            }
        }
        return new Sample(
                time,
                perSecond(responses, seconds),
                Quantile.of(0.5, bounds, durations),
                Quantile.of(0.99, bounds, durations),
                perSecond(lookups, seconds));
    }

    private static void add(Map<String, Long> sums, Map<String, Long> before, Map<String, Long> after) {
        after.forEach((name, count) -> sums.merge(name, count - before.getOrDefault(name, 0L), Long::sum));
    }

    private static void add(List<Long> sums, List<Long> before, List<Long> after) {
        for (int i = 0; i < after.size(); i++) {
            if (sums.size() <= i) {
                sums.add(0L);
            }
            long old = i < before.size() ? before.get(i) : 0;
            sums.set(i, sums.get(i) + after.get(i) - old);
        }
    }

    private static Map<String, Double> perSecond(Map<String, Long> counts, double seconds) {
        Map<String, Double> rates = new LinkedHashMap<>();
        counts.forEach((name, count) -> rates.put(name, Math.round(count / seconds * ROUNDING) / ROUNDING));
        return rates;
    }

    /** Returns the members of the JSON object that the console reads. */
    Map<String, @Nullable Object> shown() {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("time", time);
        shown.put("responses", responses);
        shown.put("p50", median);
        shown.put("p99", p99);
        shown.put("lookups", lookups);
        return shown;
    }
}
