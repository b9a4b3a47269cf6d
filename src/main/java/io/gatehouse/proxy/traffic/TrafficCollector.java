package io.gatehouse.proxy.traffic;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** Exports the traffic of this node's proxies in seconds and bytes (docs/reference/observability.md). */
public final class TrafficCollector implements MultiCollector {
    private static final double NANOS_PER_SECOND = 1e9;

    private final TrafficMeters meters;

    public TrafficCollector(TrafficMeters meters) {
        this.meters = meters;
    }

    @Override
    public MetricSnapshots collect() {
        List<RouteMeters> routes = meters.used();
        return MetricSnapshots.of(
                requests(routes),
                PrometheusFamilies.seconds(
                        "gatehouse_gateway_duration_seconds",
                        "From the head of a request until it is forwarded, or until the end of the gateway's own response",
                        routes,
                        RouteMeters::gateway),
                PrometheusFamilies.seconds(
                        "gatehouse_upstream_duration_seconds",
                        "From forwarding a request to the head of the upstream's response",
                        routes,
                        RouteMeters::upstream),
                PrometheusFamilies.seconds(
                        "gatehouse_request_duration_seconds",
                        "From the head of a request to the last byte of its response",
                        routes,
                        RouteMeters::total),
                PrometheusFamilies.counter(
                        "gatehouse_request_bytes", "Bytes of request bodies received", routes, RouteMeters::bytesIn),
                PrometheusFamilies.counter(
                        "gatehouse_response_bytes", "Bytes of response bodies sent", routes, RouteMeters::bytesOut),
                PrometheusFamilies.counter(
                        "gatehouse_responses_incomplete",
                        "Responses without their end: the client left, or the upstream aborted",
                        routes,
                        RouteMeters::incomplete),
                lag());
    }

    private GaugeSnapshot lag() {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder()
                .name("gatehouse_event_loop_lag_seconds")
                .help("Maximum lag of an event loop in the last 15 to 30 seconds");
        long now = System.nanoTime();
        List<LoopLag> lags = meters.lags();
        for (int loop = 0; loop < lags.size(); loop++) {
            if (lags.get(loop).isMeasured()) {
                family.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("loop", Integer.toString(loop)))
                        .value(lags.get(loop).longest(now) / NANOS_PER_SECOND)
                        .build());
            }
        }
        return family.build();
    }

    private static CounterSnapshot requests(List<RouteMeters> routes) {
        CounterSnapshot.Builder family =
                CounterSnapshot.builder().name("gatehouse_requests").help("Completed requests");
        for (RouteMeters route : routes) {
            route.responses()
                    .forEach((response, count) -> family.dataPoint(PrometheusFamilies.point(
                            PrometheusFamilies.labels(route)
                                    .add("code", response.code())
                                    .add("source", response.origin().source())
                                    .add("fault", response.origin().fault()),
                            count)));
        }
        return family.build();
    }
}
