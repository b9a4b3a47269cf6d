package io.gatehouse.proxy;

import io.gatehouse.balancer.Balancers;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.catalog.CatalogListener;
import io.gatehouse.catalog.RouteChanges;
import io.gatehouse.catalog.Secrets;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.PluginChain;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.Redaction;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.stream.StreamRoutes;
import io.gatehouse.proxy.tls.ServerCertificates;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.routing.ProtocolRule;
import io.gatehouse.routing.RouteTable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds the routes and certificates of this node's proxies. Each change of the configuration builds new ones.
 *
 * <p><i>Threading</i>: all event loops read. One {@link #apply} runs at a time, off the event loops, and publishes with one write.
 */
public final class ProxyConfiguration implements CatalogListener {
    private final Vertx vertx;
    private final Map<String, PluginFactory> factories;
    private final Secrets secrets;
    private final Balancers balancers;
    private final TrafficMeters meters;
    private final StreamRoutes streams;
    private final PluginChain.Failures failures;
    private volatile @Nullable Routing routing;
    private final List<Consumer<ServerCertificates>> consumers = new CopyOnWriteArrayList<>();
    private volatile ServerCertificates certificates = ServerCertificates.NONE;
    /** The catalog that {@link #routing} was built from; used by one {@link #apply} at a time. */
    private volatile @Nullable Catalog builtFrom;

    /**
     * Creates a configuration without routes.
     *
     * @param factories by plugin name
     * @param streams receive the routes of connections
     * @param failures receives the failures of plugins
     */
    public ProxyConfiguration(
            Vertx vertx,
            Map<String, PluginFactory> factories,
            Secrets secrets,
            Balancers balancers,
            TrafficMeters meters,
            StreamRoutes streams,
            PluginChain.Failures failures) {
        this.vertx = vertx;
        this.failures = failures;
        this.streams = streams;
        this.meters = meters;
        this.secrets = secrets;
        this.balancers = balancers;
        this.factories = Map.copyOf(factories);
    }

    /** Returns the current routing; null before the first configuration. */
    @Nullable
    Routing routing() {
        return routing;
    }

    /**
     * Holds the routes of one configuration.
     *
     * @param unmatched the plugins that see the responses to requests without a route
     * @param redaction the names of credentials, whose values no log contains
     * @param catalog that it was built from
     * @param handlers of its plugins
     */
    record Routing(
            RouteTable<RoutePlan> routes,
            PluginChain unmatched,
            Redaction redaction,
            Catalog catalog,
            PluginHandlers handlers) {}

    /** Passes the certificates to the consumer now and after each change. Returns the action that ends this. */
    public Runnable useCertificates(Consumer<ServerCertificates> consumer) {
        consumers.add(consumer);
        consumer.accept(certificates);
        return () -> consumers.remove(consumer);
    }

    /** Returns when the first certificate of a server name expires; null if there is none. */
    public @Nullable Instant certificatesEnd() {
        return certificates.end();
    }

    @Override
    public Future<Void> apply(Catalog configured) {
        Catalog before = builtFrom;
        if (before != null && configured.isRoutingAs(before)) {
            return Future.succeededFuture();
        }
        boolean sameCertificates = before != null && configured.isServingCertificatesAs(before);
        return vertx.executeBlocking(() -> secrets.resolve(configured))
                .compose(catalog -> apply(catalog, sameCertificates))
                .onSuccess(applied -> builtFrom = configured);
    }

    private Future<Void> apply(Catalog catalog, boolean sameCertificates) {
        return vertx.executeBlocking(() -> balancers.update(catalog))
                .compose(resolved -> resolved)
                .compose(resolved -> vertx.executeBlocking(() -> {
                    Routing before = routing;
                    RouteChanges changes = before == null ? null : catalog.changesSince(before.catalog());
                    TrafficMeters.Renewal renewal = changes == null ? meters.renew() : meters.change();
                    // One destination for each Service, shared by its routes.
                    Map<Service, ServiceDestination> targets = new HashMap<>();
                    Function<Service, ServiceDestination> target = service -> targets.computeIfAbsent(
                            service, missing -> ServiceDestination.of(missing, catalog, balancers));
                    return new Built(
                            before == null || changes == null
                                    ? build(catalog, target, renewal)
                                    : change(before, changes, catalog, target, renewal),
                            streams.build(catalog, target),
                            renewal,
                            sameCertificates ? certificates : ServerCertificates.of(catalog));
                }))
                .map(built -> {
                    routing = built.routing();
                    streams.use(built.streams());
                    built.meters().use();
                    if (!sameCertificates) {
                        certificates = built.certificates();
                        consumers.forEach(consumer -> consumer.accept(built.certificates()));
                    }
                    return null;
                });
    }

    private record Built(
            Routing routing,
            StreamRoutes.Built streams,
            TrafficMeters.Renewal meters,
            ServerCertificates certificates) {}

    private Routing build(
            Catalog catalog, Function<Service, ServiceDestination> target, TrafficMeters.Renewal renewal) {
        PluginHandlers handlers = new PluginHandlers(catalog, factories, failures);
        List<RouteTable.Entry<RoutePlan>> entries =
                new ArrayList<>(catalog.routes().size());
        for (Route route : catalog.routes()) {
            if (isServed(route, catalog)) {
                entries.add(new RouteTable.Entry<>(route, RoutePlan.of(route, catalog, handlers, target, renewal)));
            }
        }
        PluginChain unmatched = handlers.global();
        return new Routing(RouteTable.of(entries), unmatched, handlers.redaction(), catalog, handlers);
    }

    /** Builds what differs. The plans of the other routes, with the handlers of their plugins, stay as they are. */
    private static Routing change(
            Routing before,
            RouteChanges changes,
            Catalog catalog,
            Function<Service, ServiceDestination> target,
            TrafficMeters.Renewal renewal) {
        PluginHandlers handlers = before.handlers().with(catalog, changes.plugins());
        List<RouteTable.Entry<RoutePlan>> entries = new ArrayList<>();
        for (UUID id : changes.routes()) {
            before.catalog()
                    .route(id)
                    .ifPresent(route -> renewal.remove(
                            route, before.catalog().service(route.serviceId()).orElse(null)));
        }
        for (UUID id : changes.routes()) {
            catalog.route(id)
                    .filter(route -> isServed(route, catalog))
                    .ifPresent(route -> entries.add(
                            new RouteTable.Entry<>(route, RoutePlan.of(route, catalog, handlers, target, renewal))));
        }
        return new Routing(
                before.routes().with(changes.routes(), entries),
                before.unmatched(),
                // A changed route may be the first one of a plugin.
                changes.plugins().isEmpty() && !handlers.hasCreated() ? before.redaction() : handlers.redaction(),
                catalog,
                handlers);
    }

    private static boolean isServed(Route route, Catalog catalog) {
        return ProtocolRule.isHttp(route) && !isDisabled(route, catalog);
    }

    /** Whether the route is ignored, so that the next one in precedence serves its requests. */
    private static boolean isDisabled(Route route, Catalog catalog) {
        return catalog.service(route.serviceId())
                .filter(service -> !service.enabled())
                .isPresent();
    }
}
