package io.gatehouse.launch.status;

import io.gatehouse.bus.UpstreamHealth;
import io.gatehouse.bus.UpstreamHealth.AddressHealth;
import io.gatehouse.bus.UpstreamHealth.State;
import io.gatehouse.bus.UpstreamHealth.TargetHealth;
import io.gatehouse.proxy.client.TrafficCounters;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Collects Kong's metrics of the node: its identity, the database, the connections and the targets of Upstreams.
 *
 * @param upstreams by name
 * @param isExported whether there are any metrics
 * @param exportsTargets whether they include the health of targets
 */
record KongNodeCollector(
        String nodeId,
        String version,
        Supplier<Map<String, UpstreamHealth>> upstreams,
        TrafficCounters counters,
        BooleanSupplier isDatabaseReachable,
        BooleanSupplier isExported,
        BooleanSupplier exportsTargets)
        implements MultiCollector {
    private static final String SUBSYSTEM = "http";

    @Override
    public MetricSnapshots collect() {
        if (!isExported.getAsBoolean()) {
            return new MetricSnapshots();
        }
        MetricSnapshots.Builder all = MetricSnapshots.builder()
                .metricSnapshot(NodeCollector.info("kong_node", nodeId, version))
                .metricSnapshot(database())
                .metricSnapshot(connections())
                .metricSnapshot(requests());
        if (exportsTargets.getAsBoolean()) {
            all.metricSnapshot(targets(upstreams.get()));
        }
        return all.build();
    }

    private GaugeSnapshot database() {
        return GaugeSnapshot.builder()
                .name("kong_datastore_reachable")
                .help("Kong's name of gatehouse_database_reachable")
                .dataPoint(GaugeDataPointSnapshot.builder()
                        .value(isDatabaseReachable.getAsBoolean() ? 1 : 0)
                        .build())
                .build();
    }

    /** Returns a counter, as Kong's name requires. Its state {@code active} may decrease, as in Kong. */
    private CounterSnapshot connections() {
        CounterSnapshot.Builder family =
                CounterSnapshot.builder().name("kong_nginx_connections").help("Client connections by state");
        Map.of(
                        "accepted", counters.connectionsAccepted(),
                        "handled", counters.connectionsAccepted(),
                        "active", Math.max(0, counters.connectionsActive()),
                        "total", counters.totalRequests())
                .forEach((state, count) -> family.dataPoint(count(ofNode().add("state", state), count)));
        return family.build();
    }

    private CounterSnapshot requests() {
        return CounterSnapshot.builder()
                .name("kong_nginx_requests")
                .help("Requests since the start")
                .dataPoint(count(ofNode(), counters.totalRequests()))
                .build();
    }

    private Labels ofNode() {
        return Labels.of("node_id", nodeId, "subsystem", SUBSYSTEM);
    }

    private static CounterDataPointSnapshot count(Labels labels, long count) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) count)
                .build();
    }

    /** Creates one series for each possible state of a target. The current state is 1. */
    private static GaugeSnapshot targets(Map<String, UpstreamHealth> seen) {
        GaugeSnapshot.Builder family =
                GaugeSnapshot.builder().name("kong_upstream_target_health").help("1 for the current state of a target");
        seen.forEach((upstream, health) -> {
            for (TargetHealth target : health.targets()) {
                if (target.addresses().isEmpty()) {
                    states(
                            family,
                            Labels.of("upstream", upstream, "target", target.target(), "address", ""),
                            State.DNS_ERROR);
                }
                for (AddressHealth address : target.addresses()) {
                    String text = NodeCollector.text(address);
                    states(
                            family,
                            Labels.of("upstream", upstream, "target", target.target(), "address", text),
                            address.health());
                }
            }
        });
        return family.build();
    }

    private static void states(GaugeSnapshot.Builder family, Labels target, State present) {
        for (State state : State.values()) {
            family.dataPoint(NodeCollector.point(
                    target.add("state", state.name().toLowerCase(Locale.ROOT)).add("subsystem", SUBSYSTEM),
                    state == present));
        }
    }
}
