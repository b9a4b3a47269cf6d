package io.gatehouse.routing;

import io.gatehouse.syntax.Authority;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route that a request for a metadata document is about, if no route matches the request's own path (RFC 8414 §3.1:
 * the well-known path stands before the route's) or its method.
 *
 * @param method null: routes of every method match
 */
public record MetadataRoute(
        RouteRequest request, String path, @Nullable String method) implements RouteRequest {

    /**
     * The route, if it serves the document; else null.
     *
     * @param servesMetadata whether one of the plugins of a route serves its documents
     */
    public static <T> @Nullable RouteMatch<T> match(
            RouteTable<T> routes, RouteRequest request, Predicate<RouteMatch<T>> servesMetadata) {
        if (!MetadataDocument.isLike(request.path())) {
            return null;
        }
        RouteMatch<T> match = ofMethod(routes, request, request.method(), servesMetadata);
        if (match != null || !isRead(request.method())) {
            return match;
        }
        // A route of other methods has documents too. One of POST, the method of the endpoints, comes first.
        match = ofMethod(routes, request, "POST", servesMetadata);
        return match == null ? ofMethod(routes, request, null, servesMetadata) : match;
    }

    private static boolean isRead(@Nullable String method) {
        return "GET".equals(method) || "HEAD".equals(method);
    }

    private static <T> @Nullable RouteMatch<T> ofMethod(
            RouteTable<T> routes,
            RouteRequest request,
            @Nullable String method,
            Predicate<RouteMatch<T>> servesMetadata) {
        String routePath = MetadataDocument.routePath(request.path());
        RouteMatch<T> match = null;
        if (routePath != null && !routePath.isEmpty()) {
            match = serving(routes, new MetadataRoute(request, routePath, method), servesMetadata);
        }
        if (match == null && routePath != null) {
            match = serving(routes, new MetadataRoute(request, routePath + "/", method), servesMetadata);
        }
        return match == null
                ? serving(routes, new MetadataRoute(request, request.path(), method), servesMetadata)
                : match;
    }

    private static <T> @Nullable RouteMatch<T> serving(
            RouteTable<T> routes, MetadataRoute asked, Predicate<RouteMatch<T>> servesMetadata) {
        RouteMatch<T> match = routes.match(asked);
        if (match == null || !servesMetadata.test(match)) {
            return null;
        }
        String matched = Objects.requireNonNullElse(match.matchedPath(), "");
        return MetadataDocument.of(asked.request().path(), matched) == null ? null : match;
    }

    @Override
    public boolean isTls() {
        return request.isTls();
    }

    @Override
    public int port() {
        return request.port();
    }

    @Override
    public @Nullable Authority authority() {
        return request.authority();
    }

    @Override
    public List<String> headers(String name) {
        return request.headers(name);
    }

    @Override
    public @Nullable String sni() {
        return request.sni();
    }
}
