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
 * Which node this is, and how it sees the targets of the Upstreams: read when monitoring asks, so that what left the
 * configuration leaves the metrics.
 */
final class NodeCollector implements MultiCollector {
    private final String nodeId;
    private final String version;
    private final Supplier<Map<String, UpstreamHealth>> upstreams;
    private final boolean kongNames;

    /** {@code upstreams} by their names; {@code kongNames} whether Kong's names are wanted beside ours. */
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
                .help("Which node this is, always 1")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of("node_id", nodeId, "version", version))
                        .build())
                .build();
    }

    private static GaugeSnapshot targets(Map<String, UpstreamHealth> seen) {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder()
                .name("gatehouse_upstream_target_healthy")
                .help("1 when this node sends requests to the address, 0 when not");
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

    /** One series for each state a target may be in, of which one is 1. */
    private static GaugeSnapshot kongTargets(Map<String, UpstreamHealth> seen) {
        GaugeSnapshot.Builder family =
                GaugeSnapshot.builder().name("kong_upstream_target_health").help("1 for the state a target is in");
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

    private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, boolean is) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(is ? 1 : 0)
                .build();
    }

    private static String text(AddressHealth address) {
        return address.ip() + ":" + address.port();
    }
}
