package io.gatehouse.launch.node;

import io.gatehouse.admin.AdminVerticle;
import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.RecordCodec;
import io.gatehouse.catalog.CatalogKeeper;
import io.gatehouse.catalog.Secrets;
import io.gatehouse.cluster.Cluster;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.config.StreamListener;
import io.gatehouse.launch.status.NodeMetrics;
import io.gatehouse.launch.status.Readiness;
import io.gatehouse.launch.status.StatusListener;
import io.gatehouse.proxy.stream.StreamVerticle;
import io.gatehouse.telemetry.OtlpExport;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one node: deploys the roles of its configuration and closes them. {@link NodeStarter} prepares what they need.
 *
 * <p><i>Invariant</i>: handlers are registered before the first read of anything that the node caches; see {@code deploy}.
 */
public final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    /** Longer than other nodes need to learn of a withdrawal, and than issuing a token takes. */
    private static final Duration HAND_OVER = Duration.ofMillis(500);

    static final String CATALOG = "catalog";
    static final String LISTENERS = "listeners";

    private final GatehouseConfig config;
    private final Vertx vertx;
    private final Cluster cluster;
    private final NodeMetrics metrics;
    private final @Nullable OtlpExport spans;
    private final Wiring wiring;
    private final Readiness readiness;
    private final StatusListener status;
    /** Port of each listener by its configuration key. */
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    /** Ids of the deployments with listeners. */
    private final List<String> listening = new CopyOnWriteArrayList<>();

    Node(
            GatehouseConfig config,
            String name,
            Vertx vertx,
            Cluster cluster,
            Secrets secrets,
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
        this.wiring = new Wiring(
                config, name, vertx, cluster, secrets, metrics, spans == null ? null : spans.tracing(), ports);
    }

    /** Starts a node. If a part fails, closes the others and fails with that failure. */
    public static Future<Node> start(GatehouseConfig config) {
        return start(config, System.getenv());
    }

    /** Starts a node with the variables of {@code environment}: OpenTelemetry's, and the secrets of vaults. */
    public static Future<Node> start(GatehouseConfig configured, Map<String, String> environment) {
        GatehouseConfig config = configured.withToken(
                configured.token().within(Runtime.getRuntime().maxMemory()));
        if (!config.token().equals(configured.token())) {
            LOG.info(
                    "the heap limits the token caches process={} shared={}",
                    config.token().cacheSize(),
                    config.token().sharedCacheSize());
        }
        return NodeStarter.start(config, environment);
    }

    /**
     * Deploys the verticles.
     *
     * <p><i>Invariant</i>: {@link #receiveChanges} completes before the first read, which is the catalog keeper's. A change
     * that commits before the read is part of it; every later change reaches a handler.
     */
    Future<Node> deploy() {
        CatalogKeeper keeper = wiring.catalogKeeper();
        Readiness.Condition catalog = readiness.require(CATALOG);
        Readiness.Condition listeners = readiness.require(LISTENERS);
        wiring.bindMetrics(keeper);
        ListenAddress statusAddress = status.address();
        if (statusAddress != null) {
            ports.put("status.http", statusAddress.port());
        }
        status.watch(vertx);
        if (spans != null) {
            status.offerExemplars();
        }
        return receiveChanges()
                .compose(receiving -> config.roles().contains(Role.PROXY)
                        ? vertx.deployVerticle(wiring.balancers())
                        : Future.succeededFuture())
                .compose(balancing -> vertx.deployVerticle(keeper))
                .onSuccess(loaded -> catalog.met())
                .compose(loaded -> vertx.deployVerticle(wiring.startChangeFeed(keeper)))
                .compose(following -> wiring.reportFigures(keeper))
                // Admins too: a cluster without issuers has an audit trail.
                .compose(loaded ->
                        config.usesDatabase() ? vertx.deployVerticle(wiring.cleanup()) : Future.succeededFuture())
                // Vert.x deploys in turns: of two event loops, the issuer and the first proxy have the one without the
                // keeper and the admin.
                .compose(cleaning -> config.roles().contains(Role.TOKEN_ISSUER)
                        ? vertx.deployVerticle(wiring.issuer(keeper))
                        : Future.succeededFuture())
                .compose(
                        issuing -> config.roles().contains(Role.ADMIN) ? deployAdmin(keeper) : Future.succeededFuture())
                .compose(serving -> config.roles().contains(Role.PROXY)
                        ? wiring.deployProxies().onSuccess(listening::addAll)
                        : Future.succeededFuture())
                .map(all -> {
                    listeners.met();
                    Banner.print(started(), System.out);
                    return this;
                });
    }

    /**
     * Marks this node as started and then registers its event-bus handlers.
     *
     * <p><i>Invariant</i>: the order is mark, handlers, first read. A write does not wait for a node that replies "not
     * started" (ADR 9), because that node has read and cached nothing. A read before the mark or before the handlers could
     * cache a state whose invalidation reaches no handler.
     */
    private Future<?> receiveChanges() {
        cluster.markStarted();
        return wiring.registerHandlers();
    }

    private Future<?> deployAdmin(CatalogKeeper keeper) {
        AdminVerticle admin = wiring.admin(keeper);
        return wiring.renewal()
                .add(admin)
                .compose(read -> vertx.deployVerticle(admin))
                .onSuccess(deployed -> {
                    listening.add(deployed);
                    ports.put("admin.http", admin.port());
                });
    }

    /** Reads the configuration with {@code reader} at each interval, and renews what has changed. */
    void renewFrom(Callable<GatehouseConfig> reader, Duration interval) {
        wiring.renewal().begin(reader, interval);
    }

    /**
     * Uses the certificates, the admin tokens and the database's password of {@code next}, if they or the content of their files
     * have changed. Other keys of it are ignored. Fails if a file is unusable; then what it contains is unchanged.
     */
    public Future<Void> renew(GatehouseConfig next) {
        return wiring.renewal().apply(next);
    }

    private Banner.Started started() {
        return new Banner.Started(
                config,
                bound("proxy.http", config.proxy().http()),
                bound("proxy.https", config.proxy().https()),
                boundStreams(),
                bound("admin.http", config.admin().http()),
                bound("status.http", config.status().http()),
                Duration.ofMillis(System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime()));
    }

    private List<StreamListener> boundStreams() {
        List<StreamListener> configured = config.proxy().streams();
        List<StreamListener> bound = new ArrayList<>();
        for (int i = 0; i < configured.size(); i++) {
            StreamListener listener = configured.get(i);
            ListenAddress address = bound(StreamVerticle.KEY + "." + i, listener.address());
            if (address != null) {
                bound.add(new StreamListener(address, listener.isTls()));
            }
        }
        return bound;
    }

    private @Nullable ListenAddress bound(String key, @Nullable ListenAddress address) {
        Integer port = ports.get(key);
        return address == null || port == null ? null : new ListenAddress(address.host(), port);
    }

    /** Returns the port of a listener by its configuration key, such as for a configured port 0. */
    public int port(String key) {
        return Objects.requireNonNull(ports.get(key), key);
    }

    /** Drains and stops the node. Completes when the last listener is closed. */
    public Future<Void> close() {
        readiness.drain();
        LOG.info("stopping: completing requests in flight");
        boolean hasClients = wiring.drainProxies();
        // In a cluster, a load balancer sends the next connection until its check of /ready has failed.
        boolean isQuiet = config.roles().contains(Role.PROXY)
                && !hasClients
                && !config.cluster().enabled();
        return delay(isQuiet ? Duration.ZERO : config.drainDelay())
                .compose(waited -> handOver())
                .compose(waited -> undeployListeners())
                .transform((undeployed, failure) -> {
                    status.unwatch();
                    return undeployRest();
                })
                .eventually(wiring::closeDatabase)
                .eventually(vertx::close)
                .eventually(() -> leave(cluster))
                .eventually(() -> {
                    metrics.close();
                    return spans == null ? Future.succeededFuture() : spans.shutdown();
                })
                .eventually(status::close);
    }

    /** Completes the requests in flight while the verticles that serve them are deployed: the issuer, the balancers. */
    private Future<CompositeFuture> undeployListeners() {
        return Future.join(listening.stream().map(vertx::undeploy).toList());
    }

    /** Ends what still uses the database: the change feed removes this node's row. Vert.x would close the pool at the same time. */
    private Future<Void> undeployRest() {
        return Future.join(vertx.deploymentIDs().stream().map(vertx::undeploy).toList())
                .mapEmpty();
    }

    /** Deregisters handlers, so that other nodes send to others, and serves for 500 ms more what was sent before. */
    private Future<Void> handOver() {
        return cluster.nodes().size() == 1
                ? Future.succeededFuture()
                : cluster.withdraw(handedOver())
                        .timeout(HAND_OVER.toMillis(), TimeUnit.MILLISECONDS)
                        .transform((done, failure) -> delay(HAND_OVER));
    }

    /** Returns the addresses that several nodes serve, where another node replaces this one. */
    private List<String> handedOver() {
        String nodeId = cluster.nodeId();
        return List.of(
                Addresses.oauth2(nodeId),
                Addresses.lookUpCredentials(nodeId),
                Addresses.FETCH_CHANGES,
                Addresses.LEAVE,
                Addresses.FETCH_CATALOG);
    }

    /** Leaves the cluster on a thread of its own, because Vert.x is closed already. */
    static Future<Void> leave(Cluster cluster) {
        return Future.fromCompletionStage(
                CompletableFuture.runAsync(cluster::leave, leaving -> new Thread(leaving, "gatehouse-leave").start()));
    }

    /** Waits while the node still serves: load balancers see that it is not ready, and clients close connections. */
    private Future<Void> delay(Duration duration) {
        if (duration.isZero()) {
            return Future.succeededFuture();
        }
        Promise<Void> waited = Promise.promise();
        vertx.setTimer(duration.toMillis(), timer -> waited.complete());
        return waited.future();
    }
}
