package io.gatehouse.proxy.traffic;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Exports the traffic under the names of Kong's prometheus plugin, in milliseconds, so that dashboards for Kong continue to work.
 */
public final class KongCollector implements MultiCollector {
    private final TrafficMeters meters;

    public KongCollector(TrafficMeters meters) {
        this.meters = meters;
    }

    @Override
    public MetricSnapshots collect() {
        List<RouteMeters> routes = meters.used();
        return MetricSnapshots.of(
                requests(routes),
                PrometheusFamilies.millis(
                        "kong_request_latency_ms", "Duration of requests", routes, RouteMeters::total),
                PrometheusFamilies.millis(
                        "kong_upstream_latency_ms",
                        "Time until the head of the upstream's response",
                        routes,
                        RouteMeters::upstream),
                PrometheusFamilies.millis(
                        "kong_kong_latency_ms", "Time that the gateway takes itself", routes, RouteMeters::gateway),
                bandwidth(routes));
    }

    private static CounterSnapshot requests(List<RouteMeters> routes) {
        CounterSnapshot.Builder family =
                CounterSnapshot.builder().name("kong_http_requests").help("Completed requests");
        for (RouteMeters route : routes) {
            Map<Labels, Long> sums = new HashMap<>();
            route.responses()
                    .forEach((response, count) -> sums.merge(
                            PrometheusFamilies.labels(route)
                                    .add("code", response.code())
                                    .add("source", source(response.origin())),
                            count,
                            Long::sum));
            sums.forEach((labels, count) -> family.dataPoint(PrometheusFamilies.point(labels, count)));
        }
        return family.build();
    }

    /** Returns Kong's source: {@code exit} for its own responses, {@code error} for those to a failure. */
    private static String source(ResponseOrigin origin) {
        return switch (origin) {
            case FROM_UPSTREAM, REJECTED_BY_UPSTREAM, FAILED_IN_UPSTREAM -> "service";
            case FROM_GATEWAY, REJECTED_BY_GATEWAY -> "exit";
            case FAILED_IN_GATEWAY, NO_RESPONSE_OF_UPSTREAM -> "error";
        };
    }

    /** Returns a family of unknown type: a counter would get the suffix {@code _total}, which Kong's name does not have. */
    private static UnknownSnapshot bandwidth(List<RouteMeters> routes) {
        UnknownSnapshot.Builder family =
                UnknownSnapshot.builder().name("kong_bandwidth_bytes").help("Bytes of request and response bodies");
        for (RouteMeters route : routes) {
            family.dataPoint(bytes(route, "ingress", route.bytesIn()));
            family.dataPoint(bytes(route, "egress", route.bytesOut()));
        }
        return family.build();
    }

    private static UnknownSnapshot.UnknownDataPointSnapshot bytes(RouteMeters route, String direction, long bytes) {
        return UnknownSnapshot.UnknownDataPointSnapshot.builder()
                .labels(PrometheusFamilies.labels(route).add("direction", direction))
                .value((double) bytes)
                .build();
    }
}
