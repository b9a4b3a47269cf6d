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

    /** {@code upstreams} are by name. */
    NodeCollector(String nodeId, String version, Supplier<Map<String, UpstreamHealth>> upstreams) {
        this.nodeId = nodeId;
        this.version = version;
        this.upstreams = upstreams;
    }

    @Override
    public MetricSnapshots collect() {
        return MetricSnapshots.of(info("gatehouse_node", nodeId, version), targets(upstreams.get()));
    }

    static InfoSnapshot info(String name, String nodeId, String version) {
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

    static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, boolean set) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(set ? 1 : 0)
                .build();
    }

    static String text(AddressHealth address) {
        return address.ip() + ":" + address.port();
    }
}
