package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Route.PathHandling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A route with the defaults of the Admin API. Each test sets the properties under test. */
final class RouteFixture {

    private final String name;
    private Set<String> protocols = Set.of("http", "https");
    private Set<String> methods = Set.of();
    private List<String> hosts = List.of();
    private List<String> paths = List.of();
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private Set<String> snis = Set.of();
    private List<Route.Endpoint> sources = List.of();
    private List<Route.Endpoint> destinations = List.of();
    private long regexPriority;
    private boolean stripPath = true;
    private PathHandling pathHandling = PathHandling.V0;
    private long createdAt = 1_000;
    private UUID id = new UUID(0, 1);

    private RouteFixture(String name) {
        this.name = name;
    }

    static RouteFixture route(String name) {
        return new RouteFixture(name);
    }

    RouteFixture protocols(String... values) {
        protocols = Set.of(values);
        return this;
    }

    RouteFixture methods(String... values) {
        methods = Set.of(values);
        return this;
    }

    RouteFixture hosts(String... values) {
        hosts = List.of(values);
        return this;
    }

    RouteFixture paths(String... values) {
        paths = List.of(values);
        return this;
    }

    RouteFixture header(String header, String... values) {
        headers.put(header, List.of(values));
        return this;
    }

    RouteFixture snis(String... values) {
        snis = Set.of(values);
        return this;
    }

    RouteFixture sources(Route.Endpoint... values) {
        sources = List.of(values);
        return this;
    }

    RouteFixture destinations(Route.Endpoint... values) {
        destinations = List.of(values);
        return this;
    }

    RouteFixture regexPriority(long value) {
        regexPriority = value;
        return this;
    }

    RouteFixture stripPath(boolean value) {
        stripPath = value;
        return this;
    }

    RouteFixture pathHandling(PathHandling value) {
        pathHandling = value;
        return this;
    }

    RouteFixture createdAt(long value) {
        createdAt = value;
        return this;
    }

    RouteFixture id(UUID value) {
        id = value;
        return this;
    }

    Route build() {
        return new Route(
                id,
                name,
                protocols,
                methods,
                hosts,
                paths,
                headers,
                snis,
                sources,
                destinations,
                426,
                regexPriority,
                stripPath,
                pathHandling,
                false,
                null,
                createdAt);
    }

    /** The target of each route is its name. */
    static RouteTable<String> table(RouteFixture... routes) {
        return RouteTable.of(List.of(routes).stream()
                .map(route -> new RouteTable.Entry<>(route.build(), route.name))
                .toList());
    }
}
