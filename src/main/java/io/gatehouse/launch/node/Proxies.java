package io.gatehouse.launch.node;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
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
import io.gatehouse.proxy.tls.DefaultCertificate;
import io.gatehouse.telemetry.Tracing;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deploys the verticles of the role proxy: those for requests, and those for connections if there are stream listeners. */
final class Proxies {
    private static final Logger LOG = LoggerFactory.getLogger(Proxies.class);

    private final GatehouseConfig config;
    private final Vertx vertx;
    private final NodeMetrics metrics;
    private final @Nullable Tracing tracing;
    private final ProxyConfiguration configuration;
    private final StreamRoutes streams;
    private final Map<String, Integer> ports;
    private final List<ProxyVerticle> deployed = new CopyOnWriteArrayList<>();
    private volatile @Nullable Served served;

    /** The default certificate, and the files that it is from. */
    private record Served(DefaultCertificate certificate, CertificateFile files) {}

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
        return proxy.needsCertificate()
                ? vertx.executeBlocking(() -> {
                            CertificateFile files = read(proxy);
                            return new Served(new DefaultCertificate(vertx, files.certificate(), files.key()), files);
                        })
                        .compose(first -> {
                            served = first;
                            return deploy(proxy, first.certificate());
                        })
                : deploy(proxy, null);
    }

    /** Reads the configured certificate. Otherwise reads the self-signed one, which is created again before it expires. */
    private CertificateFile read(ProxyConfig proxy) throws LaunchException {
        if (proxy.certificate() != null && proxy.certificateKey() != null) {
            return CertificateFile.read(proxy.certificate(), proxy.certificateKey());
        }
        SelfSignedCertificate made = SelfSignedCertificate.in(config.dataDir());
        return CertificateFile.read(made.certificate(), made.key());
    }

    /** Uses the certificate of {@code next} if it has changed. */
    Future<Void> renew(ProxyConfig next) {
        Served before = served;
        return before == null
                ? Future.succeededFuture()
                : vertx.executeBlocking(() -> {
                    CertificateFile files = read(next);
                    if (!files.equals(before.files())) {
                        before.certificate().renew(files.certificate(), files.key());
                        served = new Served(before.certificate(), files);
                        LOG.info("The proxy uses the changed certificate end={}", files.end());
                    }
                    return null;
                });
    }

    /** Returns when the certificates of the proxy expire: the default one, and the first one of the entities. */
    Map<String, Instant> certificateEnds() {
        Map<String, Instant> ends = new TreeMap<>();
        Served now = served;
        if (now != null) {
            ends.put("proxy.certificate", now.files().end());
        }
        Instant first = configuration.certificatesEnd();
        if (first != null) {
            ends.put("certificates", first);
        }
        return ends;
    }

    private Future<List<String>> deploy(ProxyConfig proxy, @Nullable DefaultCertificate certificate) {
        Observers observers = new Observers(metrics.counters(), metrics.traffic(), new OutageLog(vertx), tracing);
        DeploymentOptions options = new DeploymentOptions().setInstances(proxy.instances());
        Supplier<ProxyVerticle> requests = () -> {
            ProxyVerticle verticle = new ProxyVerticle(
                    proxy, certificate, configuration, observers, config.drainTimeout(), Version.current(), ports);
            deployed.add(verticle);
            return verticle;
        };
        Supplier<StreamVerticle> connections = () -> new StreamVerticle(
                proxy,
                certificate,
                streams,
                configuration::useCertificates,
                metrics.counters(),
                config.drainTimeout(),
                ports);
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
