package io.gatehouse.launch.status;

import io.gatehouse.balancer.Balancers;
import io.gatehouse.catalog.CatalogKeeper;
import io.gatehouse.cluster.Cluster;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.Version;
import io.gatehouse.launch.logging.Logging;
import io.gatehouse.plugin.prometheus.KongMetrics;
import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.traffic.KongCollector;
import io.gatehouse.proxy.traffic.StreamCollector;
import io.gatehouse.proxy.traffic.TrafficCollector;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.store.Database;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Registers the metrics of a node (docs/reference/observability.md). */
public final class NodeMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();
    private final TrafficCounters counters = new TrafficCounters();
    private final TrafficMeters traffic;
    private final boolean kongNames;

    public NodeMetrics(GatehouseConfig config) {
        this.traffic = new TrafficMeters(config.proxy().instances());
        this.kongNames = config.status().kongNames();
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    public TrafficCounters counters() {
        return counters;
    }

    public TrafficMeters traffic() {
        return traffic;
    }

    /** Returns the Vert.x metrics, which cover only the database pool. */
    public VertxMetrics ofVertx() {
        return new DatabasePoolMetrics(registry);
    }

    public void bindProcess() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        garbage.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        FunctionCounter.builder("gatehouse.access.log.dropped", Logging.class, logging -> Logging.droppedAccessLines())
                .description("Access log lines dropped because standard output was not read fast enough")
                .register(registry);
    }

    /** Registers the metrics of catalog, cluster and upstreams. On a node without the proxy role, upstreams are empty. */
    public void bindNode(CatalogKeeper keeper, Cluster cluster, Balancers balancers) {
        registry.getPrometheusRegistry()
                .register(new NodeCollector(cluster.nodeId(), Version.current(), balancers::health));
        Gauge.builder("gatehouse.catalog.version", keeper, CatalogKeeper::version)
                .description("Version of the configuration that this node serves")
                .register(registry);
        Gauge.builder(
                        "gatehouse.cluster.members",
                        cluster,
                        members -> members.nodes().size())
                .description("Members of the cluster in this node's view")
                .register(registry);
    }

    /** {@code ends} returns when the certificates that this node presents expire. */
    public void bindCertificates(Supplier<Map<String, Instant>> ends) {
        registry.getPrometheusRegistry().register(new CertificateCollector(ends));
    }

    public void bindProxies() {
        Gauge.builder("gatehouse.connections.active", counters, TrafficCounters::connectionsActive)
                .description("Open client connections")
                .register(registry);
        FunctionCounter.builder("gatehouse.connections.accepted", counters, TrafficCounters::connectionsAccepted)
                .description("Client connections since the start")
                .register(registry);
        Gauge.builder("gatehouse.requests.in.flight", counters, TrafficCounters::requestsInFlight)
                .description("Requests without a complete response")
                .register(registry);
        registry.getPrometheusRegistry().register(new TrafficCollector(traffic));
        registry.getPrometheusRegistry().register(new StreamCollector(traffic.streams()));
    }

    /** {@code database} is null if no role uses one. */
    public void bindDatabase(@Nullable Database database) {
        if (database != null) {
            Gauge.builder("gatehouse.database.reachable", database, store -> store.isReachable() ? 1 : 0)
                    .description("1 if the last statement got a response, otherwise 0")
                    .register(registry);
        }
    }

    /**
     * Registers the metrics with Kong's names: for all requests if the configuration of the node has them, otherwise for those that
     * the plugins count. {@code database} is null if no role uses one. Kong's metric is then 1.
     */
    public void bindKongNames(Cluster cluster, Balancers balancers, @Nullable Database database, KongMetrics plugins) {
        registry.getPrometheusRegistry()
                .register(new KongNodeCollector(
                        cluster.nodeId(),
                        Version.current(),
                        balancers::health,
                        counters,
                        () -> database == null || database.isReachable(),
                        () -> kongNames || plugins.isEnabled(),
                        () -> kongNames || plugins.exportsUpstreamHealth()));
        registry.getPrometheusRegistry().register(kongNames ? new KongCollector(traffic) : plugins);
    }

    @Override
    public void close() {
        garbage.close();
    }
}
