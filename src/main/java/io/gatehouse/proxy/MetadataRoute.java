package io.gatehouse.proxy;

import io.gatehouse.plugin.MetadataDocument;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.routing.RouteMatch;
import io.gatehouse.routing.RouteRequest;
import io.gatehouse.routing.RouteTable;
import io.gatehouse.syntax.Authority;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route that a request for a metadata document is about, if no route matches the request's own path (RFC 8414 §3.1:
 * the well-known path stands before the route's) or its method.
 *
 * @param method null: routes of every method match
 */
record MetadataRoute(
        ProxyExchange exchange, String path, @Nullable String method) implements RouteRequest {

    /** The route, if one of its plugins serves the document; else null. */
    static @Nullable RouteMatch<RoutePlan> match(RouteTable<RoutePlan> routes, ProxyExchange exchange) {
        if (!MetadataDocument.isLike(exchange.path())) {
            return null;
        }
        RouteMatch<RoutePlan> match = match(routes, exchange, exchange.method());
        if (match != null || !isRead(exchange.method())) {
            return match;
        }
        // A route of other methods has documents too. One of POST, the method of the endpoints, comes first.
        match = match(routes, exchange, "POST");
        return match == null ? match(routes, exchange, null) : match;
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private static @Nullable RouteMatch<RoutePlan> match(
            RouteTable<RoutePlan> routes, ProxyExchange exchange, @Nullable String method) {
        String routePath = MetadataDocument.routePath(exchange.path());
        RouteMatch<RoutePlan> match = null;
        if (routePath != null && !routePath.isEmpty()) {
            match = match(routes, new MetadataRoute(exchange, routePath, method));
        }
        if (match == null && routePath != null) {
            match = match(routes, new MetadataRoute(exchange, routePath + "/", method));
        }
        return match == null ? match(routes, new MetadataRoute(exchange, exchange.path(), method)) : match;
    }

    private static @Nullable RouteMatch<RoutePlan> match(RouteTable<RoutePlan> routes, MetadataRoute request) {
        RouteMatch<RoutePlan> match = routes.match(request);
        if (match == null || !match.target().chain().servesMetadata()) {
            return null;
        }
        String matched = Objects.requireNonNullElse(match.matchedPath(), "");
        return MetadataDocument.of(request.exchange().path(), matched) == null ? null : match;
    }

    @Override
    public boolean isTls() {
        return exchange.isTls();
    }

    @Override
    public int port() {
        return exchange.port();
    }

    @Override
    public @Nullable Authority authority() {
        return exchange.authority();
    }

    @Override
    public List<String> headers(String name) {
        return exchange.headers(name);
    }

    @Override
    public @Nullable String sni() {
        return exchange.sni();
    }
}
