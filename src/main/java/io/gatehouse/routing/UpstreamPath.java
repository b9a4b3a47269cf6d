package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Route.PathHandling;
import io.gatehouse.entity.Service;
import io.gatehouse.syntax.PathNormaliser;
import org.jspecify.annotations.Nullable;

/**
 * Computes the path of the upstream request (docs/reference/proxy.md#the-upstream-request). There is one for each route and service.
 * Runs for every proxied request.
 *
 * <p>Both ways to join paths are exactly Kong's. {@code v0} puts one slash between the service's path and the request's, and ends
 * with a slash if the request's path does. {@code v1} concatenates them, without the leading slash of the request's path.
 */
public final class UpstreamPath {

    private final boolean stripPath;
    private final boolean isV1;
    private final String base;
    private final String baseWithoutSlash;

    private UpstreamPath(Route route, String base) {
        this.stripPath = route.stripPath();
        this.isV1 = route.pathHandling() == PathHandling.V1;
        this.base = base;
        this.baseWithoutSlash = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }

    /** Returns the path for a route and its service. Without a service, or without its path, that is the root. */
    public static UpstreamPath of(Route route, @Nullable Service service) {
        String path = service == null ? null : service.path();
        return new UpstreamPath(route, path == null || path.isEmpty() ? "/" : path);
    }

    /** Returns the path of the upstream request for the path that was matched. */
    public String path(RouteMatch<?> match, String requestPath) {
        if (!stripPath) {
            return whole(requestPath);
        }
        String matched = match.matchedPath();
        // Without paths the only prefix to strip is the root.
        String rest = withoutRestOfSegment(requestPath.substring(matched == null ? 1 : matched.length()));
        return isV1 ? concatenated(rest) : joined(rest, requestPath);
    }

    /** Returns the stripped prefix, for {@code X-Forwarded-Prefix}; null if there is none. The root alone is none. */
    public @Nullable String forwardedPrefix(RouteMatch<?> match) {
        String matched = match.matchedPath();
        return !stripPath || matched == null || matched.isEmpty() || matched.equals("/") ? null : matched;
    }

    private String whole(String requestPath) {
        if (base.endsWith("/")) {
            return baseWithoutSlash.isEmpty() ? requestPath : baseWithoutSlash + requestPath;
        }
        if (isV1) {
            return base + requestPath.substring(1);
        }
        return requestPath.equals("/") ? base : base + requestPath;
    }

    private String joined(String rest, String requestPath) {
        if (!rest.isEmpty()) {
            return rest.startsWith("/") ? withBase(rest) : withBase("/" + rest);
        }
        if (baseWithoutSlash.isEmpty()) {
            return "/";
        }
        boolean keepsSlash = requestPath.endsWith("/") && (base.endsWith("/") || requestPath.length() > 1);
        return keepsSlash ? baseWithoutSlash + "/" : baseWithoutSlash;
    }

    private String withBase(String rest) {
        return baseWithoutSlash.isEmpty() ? rest : baseWithoutSlash + rest;
    }

    private String concatenated(String rest) {
        return base.endsWith("/") && rest.startsWith("/") ? withBase(rest) : base + rest;
    }

    /**
     * Removes the dots and the parameters that a stripped path begins with. A prefix may end inside a segment: {@code /api../admin}
     * without {@code /api} is {@code ../admin}, which would climb out of the service's path, and {@code ;x/admin} of {@code
     * /api;x/admin} would be an empty segment to servers that remove parameters. No other segment of a normalised path has either.
     */
    private static String withoutRestOfSegment(String rest) {
        int dots = rest.startsWith("..") ? 2 : rest.startsWith(".") ? 1 : 0;
        String left = dots > 0 && PathNormaliser.endsSegment(rest, dots)
                ? rest.substring(rest.startsWith("/", dots) ? dots + 1 : dots)
                : rest;
        if (!left.startsWith(";")) {
            return left;
        }
        int slash = left.indexOf('/');
        return slash < 0 ? "" : left.substring(slash);
    }
}
