package io.gatehouse.launch.node;

import io.gatehouse.admin.AdminVerticle;
import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.RecordCodec;
import io.gatehouse.catalog.CatalogKeeper;
import io.gatehouse.cluster.Cluster;
import io.gatehouse.cluster.MemberProfile;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ListenFailure;
import io.gatehouse.config.Role;
import io.gatehouse.config.Version;
import io.gatehouse.launch.settings.BindFailure;
import io.gatehouse.launch.settings.NodeName;
import io.gatehouse.launch.status.NodeMetrics;
import io.gatehouse.launch.status.Readiness;
import io.gatehouse.launch.status.StatusListener;
import io.gatehouse.store.Migrations;
import io.gatehouse.telemetry.OtlpExport;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.metrics.MetricsOptions;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node: every role of its configuration, deployed and listening. */
public final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    /** Longer than the others need to know, and than a token takes to issue. */
    private static final Duration HAND_OVER = Duration.ofMillis(500);

    private static final String CLUSTER = "cluster";
    private static final String CATALOG = "catalog";
    private static final String LISTENERS = "listeners";

    private final GatehouseConfig config;
    private final Vertx vertx;
    private final Cluster cluster;
    private final NodeMetrics metrics;
    private final @Nullable OtlpExport spans;
    private final Wiring wiring;
    private final Readiness readiness;
    private final StatusListener status;
    /** The port each listener came to, by its configuration key. */
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();

    private Node(
            GatehouseConfig config,
            String name,
            Vertx vertx,
            Cluster cluster,
            NodeMetrics metrics,
            Readiness readiness,
            StatusListener status,
            @Nullable OtlpExport spans) {
        this.config = config;
        this.vertx = vertx;
        this.cluster = cluster;
        this.metrics = metrics;
        this.readiness = readiness;
        this.status = status;
        this.spans = spans;
        RecordCodec.register(vertx);
        this.wiring = new Wiring(config, name, vertx, cluster, metrics, spans == null ? null : spans.tracing(), ports);
    }

    /** Starts everything the configuration asks for; fails with what stopped it, having closed the rest. */
    public static Future<Node> start(GatehouseConfig config) {
        return start(config, System.getenv());
    }

    /** {@code environment} says, in OpenTelemetry's variables, where spans are sent. */
    public static Future<Node> start(GatehouseConfig config, Map<String, String> environment) {
        NodeMetrics metrics = new NodeMetrics(config);
        String name = NodeName.of(config.roles(), environment);
        VertxBuilder builder;
        try {
            builder = Vertx.builder()
                    .withTransport(Transports.of(config.transport()))
                    .withMetrics(options -> metrics.ofVertx());
        } catch (LaunchException e) {
            return Future.failedFuture(e);
        }
        Readiness readiness = new Readiness();
        // Before anybody can ask.
        List.of(CLUSTER, CATALOG, LISTENERS).forEach(readiness::require);
        return StatusListener.open(config.status().http(), readiness, metrics.registry())
                .compose(status -> start(config, name, environment, builder, metrics, readiness, status)
                        .recover(failure -> status.close()
                                .transform((closed, ignored) -> Future.failedFuture(explained(failure)))));
    }

    private static Throwable explained(Throwable failure) {
        return failure instanceof ListenFailure listen
                ? BindFailure.explain(Objects.requireNonNull(listen.getCause()), listen.key(), listen.address())
                : failure;
    }

    private static Future<Node> start(
            GatehouseConfig config,
            String name,
            Map<String, String> environment,
            VertxBuilder builder,
            NodeMetrics metrics,
            Readiness readiness,
            StatusListener status) {
        Readiness.Condition joined = readiness.require(CLUSTER);
        // Joining the cluster and preparing the database wait for different things, so they wait together.
        CompletableFuture<Void> migrated = config.usesDatabase()
                ? CompletableFuture.runAsync(
                        () -> Migrations.run(config.postgres()),
                        migrations -> new Thread(migrations, "gatehouse-migrations").start())
                : CompletableFuture.completedFuture(null);
        Cluster cluster = Cluster.prepare(
                config.cluster(),
                new MemberProfile(config.roles(), config.token().sharedCacheSize()));
        return cluster.join(builder, new VertxOptions().setMetricsOptions(new MetricsOptions().setEnabled(true)))
                .onSuccess(vertx -> joined.met())
                .compose(vertx -> Future.fromCompletionStage(migrated)
                        .recover(failure -> Future.failedFuture(
                                failure instanceof CompletionException ? failure.getCause() : failure))
                        .compose(ready -> new Node(
                                        config,
                                        name,
                                        vertx,
                                        cluster,
                                        metrics,
                                        readiness,
                                        status,
                                        spans(environment, cluster))
                                .deploy())
                        .recover(failure -> vertx.close()
                                .eventually(() -> leave(cluster))
                                .transform((closed, ignored) -> Future.failedFuture(failure))));
    }

    private static @Nullable OtlpExport spans(Map<String, String> environment, Cluster cluster) {
        return OtlpExport.of(environment, cluster.nodeId(), Version.current());
    }

    private Future<Node> deploy() {
        CatalogKeeper keeper = wiring.catalogKeeper();
        Readiness.Condition catalog = readiness.require(CATALOG);
        Readiness.Condition listeners = readiness.require(LISTENERS);
        wiring.bindMetrics(keeper);
        ListenAddress statusAddress = status.address();
        if (statusAddress != null) {
            ports.put("status.http", statusAddress.port());
        }
        status.watch(vertx);
        cluster.markStarted();
        return wiring.listenToNodes()
                .compose(listening -> config.roles().contains(Role.PROXY)
                        ? vertx.deployVerticle(wiring.balancers())
                        : Future.succeededFuture())
                .compose(balancing -> vertx.deployVerticle(keeper))
                .onSuccess(loaded -> catalog.met())
                .compose(loaded -> vertx.deployVerticle(wiring.changeFollower(keeper)))
                .compose(loaded -> config.roles().contains(Role.TOKEN_ISSUER)
                        ? vertx.deployVerticle(wiring.issuer(keeper))
                                .compose(issuing -> vertx.deployVerticle(wiring.cleanup()))
                        : Future.succeededFuture())
                .compose(
                        issuing -> config.roles().contains(Role.ADMIN) ? deployAdmin(keeper) : Future.succeededFuture())
                .compose(serving ->
                        config.roles().contains(Role.PROXY) ? wiring.deployProxies() : Future.succeededFuture())
                .map(all -> {
                    listeners.met();
                    Banner.print(started(), System.out);
                    return this;
                });
    }

    private Future<?> deployAdmin(CatalogKeeper keeper) {
        AdminVerticle admin = wiring.admin(keeper);
        return vertx.deployVerticle(admin).onSuccess(deployed -> ports.put("admin.http", admin.port()));
    }

    private Banner.Started started() {
        return new Banner.Started(
                config,
                bound("proxy.http", config.proxy().http()),
                bound("proxy.https", config.proxy().https()),
                bound("admin.http", config.admin().http()),
                bound("status.http", config.status().http()),
                Duration.ofMillis(System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime()));
    }

    private @Nullable ListenAddress bound(String key, @Nullable ListenAddress address) {
        Integer port = ports.get(key);
        return address == null || port == null ? null : new ListenAddress(address.host(), port);
    }

    /** The port a listener came to, by its configuration key; for those that asked for any free one. */
    public int port(String key) {
        return Objects.requireNonNull(ports.get(key), key);
    }

    /** Drains and stops; completes when the last listener is gone. */
    public Future<Void> close() {
        readiness.drain();
        LOG.info("stopping: finishing what is in flight");
        boolean hasClients = wiring.drainProxies();
        boolean isQuiet = config.roles().contains(Role.PROXY) && !hasClients;
        return delay(isQuiet ? Duration.ZERO : config.drainDelay())
                .compose(waited -> handOver())
                .compose(waited -> {
                    status.unwatch();
                    return vertx.close();
                })
                .eventually(() -> leave(cluster))
                .eventually(() -> {
                    metrics.close();
                    return spans == null ? Future.succeededFuture() : spans.shutdown();
                })
                .eventually(status::close);
    }

    /** The other nodes ask others from now on, which they know in milliseconds; what they sent before is still answered. */
    private Future<Void> handOver() {
        return cluster.nodes().size() == 1
                ? Future.succeededFuture()
                : cluster.withdraw(handedOver())
                        .timeout(HAND_OVER.toMillis(), TimeUnit.MILLISECONDS)
                        .transform((done, failure) -> delay(HAND_OVER));
    }

    /** What any of several nodes answers; another one is to do it when this one stops. */
    private List<String> handedOver() {
        String nodeId = cluster.nodeId();
        return List.of(
                Addresses.oauth2(nodeId),
                Addresses.lookUpCredentials(nodeId),
                Addresses.FETCH_CHANGES,
                Addresses.LEAVE,
                Addresses.FETCH_CATALOG);
    }

    /** Vert.x is gone by now, so the wait is a thread's own. */
    private static Future<Void> leave(Cluster cluster) {
        return Future.fromCompletionStage(
                CompletableFuture.runAsync(cluster::leave, leaving -> new Thread(leaving, "gatehouse-leave").start()));
    }

    /** Time for load balancers to see that this node is not ready, and for clients to leave, while it still serves. */
    private Future<Void> delay(Duration duration) {
        if (duration.isZero()) {
            return Future.succeededFuture();
        }
        Promise<Void> waited = Promise.promise();
        vertx.setTimer(duration.toMillis(), timer -> waited.complete());
        return waited.future();
    }
}
