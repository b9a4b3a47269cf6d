package io.gatehouse.launch.node;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.config.Version;
import io.gatehouse.launch.datadir.SelfSignedCertificate;
import io.gatehouse.launch.status.NodeMetrics;
import io.gatehouse.proxy.Observers;
import io.gatehouse.proxy.OutageLog;
import io.gatehouse.proxy.ProxyConfiguration;
import io.gatehouse.proxy.ProxyVerticle;
import io.gatehouse.proxy.stream.StreamRoutes;
import io.gatehouse.proxy.stream.StreamVerticle;
import io.gatehouse.telemetry.Tracing;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Deploys the verticles of the role proxy: those for requests, and those for connections if there are stream listeners. */
final class Proxies {
    private final GatehouseConfig config;
    private final Vertx vertx;
    private final NodeMetrics metrics;
    private final @Nullable Tracing tracing;
    private final ProxyConfiguration configuration;
    private final StreamRoutes streams;
    private final Map<String, Integer> ports;
    private final List<ProxyVerticle> deployed = new CopyOnWriteArrayList<>();

    Proxies(
            GatehouseConfig config,
            Vertx vertx,
            NodeMetrics metrics,
            @Nullable Tracing tracing,
            ProxyConfiguration configuration,
            StreamRoutes streams,
            Map<String, Integer> ports) {
        this.config = config;
        this.vertx = vertx;
        this.metrics = metrics;
        this.tracing = tracing;
        this.configuration = configuration;
        this.streams = streams;
        this.ports = ports;
    }

    /** Returns the ids of the deployments. */
    Future<List<String>> deploy() {
        ProxyConfig proxy = config.proxy();
        if (proxy.needsCertificate() && proxy.certificate() == null) {
            return vertx.executeBlocking(() -> SelfSignedCertificate.in(config.dataDir()))
                    .compose(made -> deploy(proxy.withCertificate(made.certificate(), made.key())));
        }
        return deploy(proxy);
    }

    private Future<List<String>> deploy(ProxyConfig proxy) {
        Observers observers = new Observers(metrics.counters(), metrics.traffic(), new OutageLog(vertx), tracing);
        DeploymentOptions options = new DeploymentOptions().setInstances(proxy.instances());
        Supplier<ProxyVerticle> requests = () -> {
            ProxyVerticle verticle =
                    new ProxyVerticle(proxy, configuration, observers, config.drainTimeout(), Version.current(), ports);
            deployed.add(verticle);
            return verticle;
        };
        Supplier<StreamVerticle> connections = () -> new StreamVerticle(
                proxy, streams, configuration::useCertificates, metrics.counters(), config.drainTimeout(), ports);
        Future<String> listening = vertx.deployVerticle(requests, options);
        return proxy.streams().isEmpty()
                ? listening.map(List::of)
                : listening.compose(
                        first -> vertx.deployVerticle(connections, options).map(second -> List.of(first, second)));
    }

    /** Starts to close the clients' HTTP connections. */
    void drain() {
        deployed.forEach(ProxyVerticle::drain);
    }
}
