package io.gatehouse.proxy.traffic;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** The traffic of this node's proxies under Gatehouse's names (docs/reference/observability.md); seconds and bytes. */
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
                        "From a request's head to its being handed to the upstream, or to the end of the gateway's own answer",
                        routes,
                        RouteMeters::gateway),
                PrometheusFamilies.seconds(
                        "gatehouse_upstream_duration_seconds",
                        "From handing a request to the upstream to the head of its answer",
                        routes,
                        RouteMeters::upstream),
                PrometheusFamilies.seconds(
                        "gatehouse_request_duration_seconds",
                        "From a request's head to the last byte of its answer",
                        routes,
                        RouteMeters::total),
                PrometheusFamilies.counter(
                        "gatehouse_request_bytes", "Bytes of request bodies received", routes, RouteMeters::bytesIn),
                PrometheusFamilies.counter(
                        "gatehouse_response_bytes", "Bytes of response bodies sent", routes, RouteMeters::bytesOut),
                PrometheusFamilies.counter(
                        "gatehouse_responses_incomplete",
                        "Responses whose end was not written: the client left, or the upstream broke off",
                        routes,
                        RouteMeters::incomplete),
                lag());
    }

    private GaugeSnapshot lag() {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder()
                .name("gatehouse_event_loop_lag_seconds")
                .help("The longest an event loop was late in the last 15 to 30 seconds");
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
                CounterSnapshot.builder().name("gatehouse_requests").help("Requests that have ended");
        for (RouteMeters route : routes) {
            route.answers()
                    .forEach((answer, count) -> family.dataPoint(PrometheusFamilies.point(
                            PrometheusFamilies.labels(route)
                                    .add("code", answer.code())
                                    .add("source", answer.ending().source())
                                    .add("fault", answer.ending().fault()),
                            count)));
        }
        return family.build();
    }
}
