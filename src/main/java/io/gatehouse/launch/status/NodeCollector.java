package io.gatehouse.launch.status;

import io.gatehouse.bus.UpstreamHealth;
import io.gatehouse.bus.UpstreamHealth.AddressHealth;
import io.gatehouse.bus.UpstreamHealth.State;
import io.gatehouse.bus.UpstreamHealth.TargetHealth;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Collects the node's identity and its view of the targets of Upstreams.
 *
 * <p><i>Why</i>: a collector reads the state at each scrape, so that a target that left the configuration leaves the metrics.
 */
final class NodeCollector implements MultiCollector {
    private final String nodeId;
    private final String version;
    private final Supplier<Map<String, UpstreamHealth>> upstreams;
    private final boolean kongNames;

    /** {@code upstreams} are by name; {@code kongNames} adds Kong's metric names. */
    NodeCollector(String nodeId, String version, Supplier<Map<String, UpstreamHealth>> upstreams, boolean kongNames) {
        this.nodeId = nodeId;
        this.version = version;
        this.upstreams = upstreams;
        this.kongNames = kongNames;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, UpstreamHealth> seen = upstreams.get();
        MetricSnapshots.Builder all =
                MetricSnapshots.builder().metricSnapshot(info("gatehouse_node")).metricSnapshot(targets(seen));
        if (kongNames) {
            all.metricSnapshot(info("kong_node")).metricSnapshot(kongTargets(seen));
        }
        return all.build();
    }

    private InfoSnapshot info(String name) {
        return InfoSnapshot.builder()
                .name(name)
                .help("Identity of this node, always 1")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of("node_id", nodeId, "version", version))
                        .build())
                .build();
    }

    private static GaugeSnapshot targets(Map<String, UpstreamHealth> seen) {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder()
                .name("gatehouse_upstream_target_healthy")
                .help("1 if this node sends requests to the address, otherwise 0");
        seen.forEach((upstream, health) -> {
            for (TargetHealth target : health.targets()) {
                for (AddressHealth address : target.addresses()) {
                    family.dataPoint(point(
                            Labels.of("upstream", upstream, "target", target.target(), "address", text(address)),
                            address.health() != State.UNHEALTHY));
                }
            }
        });
        return family.build();
    }

    /** Creates one series for each possible state of a target. The current state is 1. */
    private static GaugeSnapshot kongTargets(Map<String, UpstreamHealth> seen) {
        GaugeSnapshot.Builder family =
                GaugeSnapshot.builder().name("kong_upstream_target_health").help("1 for the current state of a target");
        seen.forEach((upstream, health) -> {
            for (TargetHealth target : health.targets()) {
                if (target.addresses().isEmpty()) {
                    states(family, upstream, target.target(), "", State.DNS_ERROR);
                }
                target.addresses()
                        .forEach(address -> states(family, upstream, target.target(), text(address), address.health()));
            }
        });
        return family.build();
    }

    private static void states(
            GaugeSnapshot.Builder family, String upstream, String target, String address, State present) {
        for (State state : State.values()) {
            family.dataPoint(point(
                    Labels.of("upstream", upstream, "target", target, "address", address)
                            .add("state", state.name().toLowerCase(Locale.ROOT))
                            .add("subsystem", "http"),
                    state == present));
        }
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, boolean set) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(set ? 1 : 0)
                .build();
    }

    private static String text(AddressHealth address) {
        return address.ip() + ":" + address.port();
    }
}
