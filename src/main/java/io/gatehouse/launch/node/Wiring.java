package io.gatehouse.launch.node;

import io.gatehouse.admin.AdminDependencies;
import io.gatehouse.admin.AdminVerticle;
import io.gatehouse.admin.ServerCounters;
import io.gatehouse.admin.call.OwnProxy;
import io.gatehouse.balancer.Balancers;
import io.gatehouse.balancer.HealthClient;
import io.gatehouse.bus.Broadcast;
import io.gatehouse.catalog.CatalogKeeper;
import io.gatehouse.catalog.CatalogListener;
import io.gatehouse.catalog.CatalogSource;
import io.gatehouse.catalog.DatabaseCatalog;
import io.gatehouse.catalog.RemoteCatalog;
import io.gatehouse.catalog.Secrets;
import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.changes.ChangeFeed;
import io.gatehouse.changes.ChangeSource;
import io.gatehouse.changes.DatabaseChanges;
import io.gatehouse.changes.RemoteChanges;
import io.gatehouse.cluster.Cluster;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.config.Version;
import io.gatehouse.issuer.Cleanup;
import io.gatehouse.issuer.IssuerStores;
import io.gatehouse.issuer.TokenIssuerVerticle;
import io.gatehouse.launch.datadir.PrivateFiles;
import io.gatehouse.launch.status.NodeMetrics;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.proxycache.CacheClient;
import io.gatehouse.proxy.PluginFailures;
import io.gatehouse.proxy.ProxyConfiguration;
import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.stream.StreamRoutes;
import io.gatehouse.store.AssertionStore;
import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.CredentialStore;
import io.gatehouse.store.Database;
import io.gatehouse.store.DeviceCodeStore;
import io.gatehouse.store.ExchangeStore;
import io.gatehouse.store.ExpiredRows;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.PushedRequestStore;
import io.gatehouse.store.SigningKeyStore;
import io.gatehouse.store.TokenStore;
import io.gatehouse.store.entity.CatalogStore;
import io.gatehouse.store.entity.EntityStore;
import io.gatehouse.store.entity.RegistrationStore;
import io.gatehouse.telemetry.Tracing;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Creates the objects of a node and passes each its dependencies. The only class that depends on every package. */
final class Wiring {
    private static final Duration CLEANUP_INTERVAL = Duration.ofSeconds(30);

    private final GatehouseConfig config;
    private final String name;
    private final Vertx vertx;
    private final Cluster cluster;
    private final CredentialCache tokenCache;
    private final ChangeFeedFreshness contact;
    private final InstalledPlugins plugins;
    private final Balancers balancers;
    private final ProxyConfiguration proxyConfiguration;
    private final Proxies proxies;
    private final Renewal renewal;
    private final NodeMetrics metrics;
    private final Map<String, Integer> ports;
    private final @Nullable Database database;
    private final CatalogSource catalogSource;
    private final ChangeSource changeSource;

    /** {@code name} is the node name for operators, from {@code NodeName}. */
    Wiring(
            GatehouseConfig config,
            String name,
            Vertx vertx,
            Cluster cluster,
            Secrets secrets,
            NodeMetrics metrics,
            @Nullable Tracing tracing,
            Map<String, Integer> ports) {
        this.config = config;
        this.name = name;
        this.metrics = metrics;
        this.ports = ports;
        this.vertx = vertx;
        this.cluster = cluster;
        this.tokenCache = cluster.tokenCache(vertx);
        this.contact = new ChangeFeedFreshness(config.token().maxStale());
        this.plugins = new InstalledPlugins(vertx, config, cluster, tokenCache, contact, metrics.registry());
        this.balancers = new Balancers(cluster.nodeId(), config.proxy().nameServers(), SystemSearchList.read());
        StreamRoutes streams =
                new StreamRoutes(config.proxy().streams(), metrics.traffic().streams());
        Map<String, PluginFactory> factories = plugins.factories();
        this.proxyConfiguration = new ProxyConfiguration(
                vertx,
                factories,
                secrets,
                balancers,
                metrics.traffic(),
                streams,
                new PluginFailures(metrics.registry(), factories.keySet()));
        this.proxies = new Proxies(config, vertx, metrics, tracing, proxyConfiguration, streams, ports);
        this.database = config.usesDatabase() ? Database.open(vertx, config.postgres()) : null;
        this.renewal = new Renewal(vertx, config, proxies, database);
        this.catalogSource =
                database == null ? new RemoteCatalog(vertx) : new DatabaseCatalog(new CatalogStore(database));
        // Only a proxy serves requests from cached states, for as long as max-stale.
        Duration cachesFor =
                config.roles().contains(Role.PROXY) ? config.token().maxStale() : Duration.ZERO;
        this.changeSource = database == null
                ? new RemoteChanges(vertx, cluster.nodeId(), name, cachesFor)
                : new DatabaseChanges(new ChangeStore(database), cluster.nodeId(), name, cachesFor, tokenCache);
    }

    /** Closes the database's pool. The verticles that use it have stopped. */
    Future<Void> closeDatabase() {
        return database == null ? Future.succeededFuture() : database.close();
    }

    private Database database() {
        return Objects.requireNonNull(database, "no role of this node uses the database");
    }

    CatalogKeeper catalogKeeper() {
        List<CatalogListener> listeners =
                config.roles().contains(Role.PROXY) ? List.of(proxyConfiguration, plugins.kongMetrics()) : List.of();
        return new CatalogKeeper(cluster.nodeId(), catalogSource, listeners);
    }

    /** Registers the event-bus handlers for changes and reads of other nodes. {@code Node.deploy} states the order. */
    Future<?> registerHandlers() {
        List<Future<?>> registered = new ArrayList<>();
        registered.add(ChangeBroadcast.register(vertx, cluster.nodeId(), plugins.caches()));
        registered.add(plugins.responses().register(vertx, cluster.nodeId()));
        if (catalogSource instanceof DatabaseCatalog fromDatabase) {
            registered.add(fromDatabase.serve(vertx));
        }
        if (changeSource instanceof DatabaseChanges fromDatabase) {
            registered.add(fromDatabase.serve(vertx));
        }
        return Future.all(registered);
    }

    /**
     * Creates the change feed, registers its gauges and subscribes it to PostgreSQL's notifications.
     *
     * @param keeper has read the first catalog, which the feed compares versions with
     */
    VerticleBase startChangeFeed(CatalogKeeper keeper) {
        ChangeFeed feed = new ChangeFeed(changeSource, cluster, contact, plugins.caches(), keeper::refreshIfStale);
        Gauge.builder(
                        "gatehouse.database.contact.age",
                        contact,
                        freshness -> freshness.age().toMillis() / 1000.0)
                .description("Time since this node last received the changes of the database")
                .baseUnit("seconds")
                .register(metrics.registry());
        Gauge.builder("gatehouse.cluster.non.members", feed, ChangeFeed::nonMembers)
                .description("Nodes that write to the database and are not members of the cluster in this node's view")
                .register(metrics.registry());
        if (database != null) {
            database.listen(feed::pollNow);
        }
        return feed;
    }

    /** Registers the event-bus handler for requests of the figures of this node. */
    Future<?> reportFigures(CatalogKeeper keeper) {
        return new FiguresReport(vertx, name, metrics, contact, keeper::version).register(cluster.nodeId());
    }

    VerticleBase issuer(CatalogKeeper keeper) {
        return new TokenIssuerVerticle(
                cluster.nodeId(),
                new IssuerStores(
                        new TokenStore(database()),
                        new GrantStore(database()),
                        new CredentialStore(database()),
                        new AssertionStore(database()),
                        new PushedRequestStore(database()),
                        new DeviceCodeStore(database()),
                        new ExchangeStore(database()),
                        new SigningKeyStore(database()),
                        new RegistrationStore(database()),
                        new EntityStore(database())),
                () -> cluster.keys().signingKeys().orElseGet(() -> PrivateFiles.secret(config.dataDir())),
                tokenCache,
                new ChangeBroadcast(
                        tokenCache,
                        new Broadcast(vertx, cluster),
                        config.admin().propagationTimeout()),
                contact,
                keeper::current,
                metrics.registry());
    }

    /** Returns the balancers, which are deployed before the first catalog because the proxies' routes need them. */
    VerticleBase balancers() {
        return balancers;
    }

    VerticleBase cleanup() {
        return new Cleanup(
                new ExpiredRows(database()), new ChangeStore(database()), CLEANUP_INTERVAL, metrics.registry());
    }

    /** Creates the Admin API. It has its port after the caller deployed it. */
    AdminVerticle admin(CatalogKeeper keeper) {
        TrafficCounters counters = metrics.counters();
        Broadcast broadcast = new Broadcast(vertx, cluster, new ChangeStore(database())::activeNodes);
        Duration timeout = config.admin().propagationTimeout();
        return new AdminVerticle(new AdminDependencies(
                new EntityStore(database()),
                database(),
                config.admin(),
                cluster,
                new ChangeBroadcast(tokenCache, broadcast, timeout)::publish,
                new HealthClient(vertx, broadcast, timeout, config.roles().contains(Role.PROXY)),
                new CacheClient(vertx, cluster, broadcast, timeout),
                new OwnProxy(
                        () -> listener("proxy.http", config.proxy().http()),
                        () -> listener("proxy.https", config.proxy().https()),
                        config.proxy().addresses().realIpHeader()),
                keeper::version,
                keeper::current,
                Version.current(),
                EffectiveConfiguration.of(config),
                () -> new ServerCounters(
                        counters.connectionsAccepted(),
                        counters.connectionsActive(),
                        counters.requestsInFlight(),
                        counters.totalRequests()),
                metrics.registry()));
    }

    /** Returns a listener with its actual port; null if it is off, or not open. */
    private @Nullable ListenAddress listener(String key, @Nullable ListenAddress configured) {
        Integer port = ports.get(key);
        return configured == null || port == null ? null : new ListenAddress(configured.host(), port);
    }

    Renewal renewal() {
        return renewal;
    }

    /** Deploys the proxies once this node is connected to the issuers. Returns the ids of the deployments. */
    Future<List<String>> deployProxies() {
        return plugins.issuer().connect().compose(connected -> proxies.deploy());
    }

    /** Starts to close the proxies' client connections. Returns whether there are any. */
    boolean drainProxies() {
        proxies.drain();
        return metrics.counters().connectionsActive() > 0;
    }

    /** Registers the metrics of the process, the node, the database and the proxies. */
    void bindMetrics(CatalogKeeper keeper) {
        metrics.bindProcess();
        metrics.bindNode(keeper, cluster, balancers);
        metrics.bindDatabase(database);
        metrics.bindCertificates(renewal::certificateEnds);
        metrics.bindKongNames(cluster, balancers, database, plugins.kongMetrics());
        if (config.roles().contains(Role.PROXY)) {
            metrics.bindProxies();
        }
    }
}
