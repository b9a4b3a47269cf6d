package io.gatehouse.proxy.traffic;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds the traffic of all routes of this node since its start.
 *
 * @param responses by status class, such as {@code 2xx}; {@code other} beyond the statuses that are counted
 * @param bounds the upper bounds of the buckets in seconds, the last of which has none
 * @param durations the requests in each bucket, by the time to the last byte of their response
 */
public record TrafficTotals(Map<String, Long> responses, List<Double> bounds, List<Long> durations) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int CLASS = 100;

    static TrafficTotals of(List<RouteMeters> routes) {
        Map<String, Long> responses = new TreeMap<>();
        double[] bounds = DurationHistogram.bounds(NANOS_PER_SECOND);
        long[] durations = new long[bounds.length];
        for (RouteMeters route : routes) {
            route.responses().forEach((response, count) -> responses.merge(statusClass(response), count, Long::sum));
            long[] counts = route.total().counts();
            for (int i = 0; i < durations.length; i++) {
                durations[i] += counts[i];
            }
        }
        return new TrafficTotals(
                responses,
                Arrays.stream(bounds, 0, bounds.length - 1).boxed().toList(),
                Arrays.stream(durations).boxed().toList());
    }

    private static String statusClass(StatusCounters.Response response) {
        return response.status() == 0 ? "other" : response.status() / CLASS + "xx";
    }
}
