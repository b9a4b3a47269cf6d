package io.gatehouse.admin.match;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.routing.MetadataRoute;
import io.gatehouse.routing.ProtocolRule;
import io.gatehouse.routing.RouteMatch;
import io.gatehouse.routing.RouteTable;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Route of a described request in the configuration that this node has, with the route table of the proxy.
 *
 * <p><i>Threading</i>: the worker runs one search at a time. The first search in a configuration builds its table.
 */
public final class RouteMatches {
    private final Supplier<@Nullable Catalog> catalog;
    private final WorkerExecutor worker;
    private volatile @Nullable Built built;

    /** The table of a configuration, with the Service of each route. */
    private record Built(Catalog catalog, RouteTable<Destination> table) {}

    /**
     * Holds what a route leads to.
     *
     * @param service null if the route has none
     */
    record Destination(@Nullable Service service) {}

    /** {@code catalog} returns the configuration that this node has; null before the first. */
    public RouteMatches(Supplier<@Nullable Catalog> catalog, WorkerExecutor worker) {
        this.catalog = catalog;
        this.worker = worker;
    }

    public Endpoint endpoint() {
        return new Endpoint("/gatehouse/route-match", HttpMethod.POST, Operation.of(200), this::find);
    }

    private Future<AdminResponse> find(AdminRequest request) {
        return worker.executeBlocking(() -> {
            DescribedRequest described = DescribedRequest.of(
                    DescribedRequest.SCHEMA.check(request.body().values(DescribedRequest.SCHEMA, null)));
            Catalog current = catalog.get();
            if (current == null) {
                throw AdminError.DATABASE_UNAVAILABLE.exception("this node has no configuration yet");
            }
            return AdminResponse.ok(describe(current, described));
        });
    }

    private Map<String, @Nullable Object> describe(Catalog current, DescribedRequest request) {
        RouteTable<Destination> table = table(current);
        RouteMatch<Destination> match = table.match(request);
        RouteMatch<Destination> ofMetadata = match == null
                ? MetadataRoute.match(table, request, found -> servesMetadata(current, found.route()))
                : null;
        return ofMetadata == null
                ? MatchDescription.of(current, request, match)
                : MatchDescription.ofMetadata(current, request, ofMetadata);
    }

    private static boolean servesMetadata(Catalog catalog, Route route) {
        return catalog.pluginsOf(route).stream().anyMatch(plugin -> servesMetadata(plugin.common()));
    }

    /** Whether a plugin serves the metadata documents of its routes. It is for no Consumers. */
    private static boolean servesMetadata(@Nullable Plugin plugin) {
        return plugin != null && plugin.name().equals("oauth2");
    }

    private RouteTable<Destination> table(Catalog current) {
        Built before = built;
        if (before != null && before.catalog() == current) {
            return before.table();
        }
        List<RouteTable.Entry<Destination>> entries = current.routes().stream()
                .filter(ProtocolRule::isHttp)
                .map(route -> new RouteTable.Entry<>(route, destination(current, route)))
                .filter(entry -> isServed(entry.target()))
                .toList();
        RouteTable<Destination> table = RouteTable.of(entries);
        built = new Built(current, table);
        return table;
    }

    private static Destination destination(Catalog catalog, Route route) {
        return new Destination(catalog.service(route.serviceId()).orElse(null));
    }

    /** The proxy ignores a Route whose Service is disabled. */
    private static boolean isServed(Destination destination) {
        Service service = destination.service();
        return service == null || service.enabled();
    }
}
