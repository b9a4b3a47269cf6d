package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Route.PathHandling;
import io.gatehouse.entity.Service;
import io.gatehouse.syntax.PathNormaliser;
import org.jspecify.annotations.Nullable;

/**
 * The path a service is called with (docs/reference/proxy.md#the-upstream-request), made once per route and service. Runs for every proxied
 * request.
 *
 * <p>Both ways of joining are Kong's, to the letter: {@code v0} puts exactly one slash between the service's path and
 * the request's and ends in one when the request's path does; {@code v1} puts them together as they are, without the
 * slash the request's path starts with.
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

    /** For a route and its service; a route without one leads to the root, as a service without a path does. */
    public static UpstreamPath of(Route route, @Nullable Service service) {
        String path = service == null ? null : service.path();
        return new UpstreamPath(route, path == null || path.isEmpty() ? "/" : path);
    }

    /** The path of the upstream request; {@code requestPath} is the one that was matched. */
    public String path(RouteMatch<?> match, String requestPath) {
        if (!stripPath) {
            return whole(requestPath);
        }
        String matched = match.matchedPath();
        // Without paths there is no prefix to strip but the root.
        String rest = withoutLeadingDots(requestPath.substring(matched == null ? 1 : matched.length()));
        return isV1 ? concatenated(rest) : joined(rest, requestPath);
    }

    /** The value of {@code X-Forwarded-Prefix}: what was stripped; null when nothing was. */
    public @Nullable String forwardedPrefix(RouteMatch<?> match) {
        String matched = match.matchedPath();
        return !stripPath || matched == null || matched.isEmpty() ? null : matched;
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
     * A prefix may end inside a segment: stripping {@code /api} from {@code /api../admin} leaves {@code ../admin}, which
     * would climb out of the service's path. The normalised path has no dot segment, so only the beginning can be one.
     */
    private static String withoutLeadingDots(String rest) {
        int dots = rest.startsWith("..") ? 2 : rest.startsWith(".") ? 1 : 0;
        if (dots == 0 || !PathNormaliser.endsSegment(rest, dots)) {
            return rest;
        }
        return rest.substring(rest.startsWith("/", dots) ? dots + 1 : dots);
    }
}
