package io.gatehouse.proxy;

import io.gatehouse.oauth.Resource;
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
 * the well-known path stands before the route's).
 */
record MetadataRoute(ProxyExchange exchange, String path) implements RouteRequest {

    /** The route, if one of its plugins serves the document; else null. */
    static @Nullable RouteMatch<RoutePlan> match(RouteTable<RoutePlan> routes, ProxyExchange exchange) {
        String path = MetadataDocument.routePath(exchange.path());
        if (path == null) {
            return null;
        }
        RouteMatch<RoutePlan> match = path.isEmpty() ? null : match(routes, exchange, path, path);
        return match == null ? match(routes, exchange, path, path + "/") : match;
    }

    private static @Nullable RouteMatch<RoutePlan> match(
            RouteTable<RoutePlan> routes, ProxyExchange exchange, String routePath, String path) {
        RouteMatch<RoutePlan> match = routes.match(new MetadataRoute(exchange, path));
        if (match == null || !match.target().chain().servesMetadata()) {
            return null;
        }
        String matched = Objects.requireNonNullElse(match.matchedPath(), "");
        return Resource.withoutFinalSlash(matched).equals(routePath) ? match : null;
    }

    @Override
    public String method() {
        return exchange.method();
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
