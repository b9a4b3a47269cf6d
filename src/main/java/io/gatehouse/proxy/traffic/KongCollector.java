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
 * The same traffic under the names of Kong's prometheus plugin, so that dashboards made for Kong go on working;
 * milliseconds. Reads what is counted anyway.
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
                PrometheusFamilies.millis("kong_request_latency_ms", "Whole requests", routes, RouteMeters::total),
                PrometheusFamilies.millis(
                        "kong_upstream_latency_ms", "Waiting for the upstream", routes, RouteMeters::upstream),
                PrometheusFamilies.millis("kong_kong_latency_ms", "Time in the gateway", routes, RouteMeters::gateway),
                bandwidth(routes));
    }

    private static CounterSnapshot requests(List<RouteMeters> routes) {
        CounterSnapshot.Builder family =
                CounterSnapshot.builder().name("kong_http_requests").help("Requests that have ended");
        for (RouteMeters route : routes) {
            Map<Labels, Long> sums = new HashMap<>();
            route.answers()
                    .forEach((answer, count) -> sums.merge(
                            PrometheusFamilies.labels(route)
                                    .add("code", answer.code())
                                    .add("source", source(answer.ending())),
                            count,
                            Long::sum));
            sums.forEach((labels, count) -> family.dataPoint(PrometheusFamilies.point(labels, count)));
        }
        return family.build();
    }

    /** Kong tells what it answered itself from what it answered because something failed. */
    private static String source(ResponseOrigin ending) {
        return switch (ending) {
            case FROM_UPSTREAM, REFUSED_BY_UPSTREAM, FAILED_IN_UPSTREAM -> "service";
            case FROM_GATEWAY, REFUSED_BY_GATEWAY -> "exit";
            case FAILED_IN_GATEWAY, NO_ANSWER_OF_UPSTREAM -> "error";
        };
    }

    /** Kong's name has no {@code _total}, which a counter's would get. */
    private static UnknownSnapshot bandwidth(List<RouteMeters> routes) {
        UnknownSnapshot.Builder family =
                UnknownSnapshot.builder().name("kong_bandwidth_bytes").help("Bytes of bodies");
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
