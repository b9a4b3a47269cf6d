package io.gatehouse.proxy.traffic;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Exports the connections of this node's stream listeners (docs/reference/observability.md). */
public final class StreamCollector implements MultiCollector {
    /** Exported from the start, so that a rate of it begins at 0. */
    private static final Map<String, Long> NO_ENDS = Map.of("no_route", 0L);

    private final StreamMeters meters;

    public StreamCollector(StreamMeters meters) {
        this.meters = meters;
    }

    @Override
    public MetricSnapshots collect() {
        return MetricSnapshots.of(
                connections(),
                bytes(
                        "gatehouse_stream_received_bytes",
                        "Bytes received from clients of stream listeners",
                        StreamCounters::bytesReceived),
                bytes(
                        "gatehouse_stream_sent_bytes",
                        "Bytes sent to clients of stream listeners",
                        StreamCounters::bytesSent));
    }

    private CounterSnapshot connections() {
        CounterSnapshot.Builder family = CounterSnapshot.builder()
                .name("gatehouse_stream_connections")
                .help("Connections of stream listeners that have ended");
        for (StreamCounters route : meters.all()) {
            Map<String, Long> ends = route.ends();
            (ends.isEmpty() && route == meters.unmatched() ? NO_ENDS : ends)
                    .forEach((end, count) -> family.dataPoint(
                            PrometheusFamilies.point(labels(route).add("end", end), count)));
        }
        return family.build();
    }

    private CounterSnapshot bytes(String name, String help, ToLongFunction<StreamCounters> value) {
        CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
        meters.all()
                .forEach(route -> family.dataPoint(PrometheusFamilies.point(labels(route), value.applyAsLong(route))));
        return family.build();
    }

    private static Labels labels(StreamCounters route) {
        return Labels.of("route", route.route(), "service", route.service());
    }
}
