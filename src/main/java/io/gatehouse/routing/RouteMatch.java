package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.syntax.PathPattern;
import org.jspecify.annotations.Nullable;

/**
 * The route a request takes.
 *
 * @param target what the proxy prepared for the route
 * @param path which of the route's paths; null when it sets none
 * @param matchedPath the prefix, or what the regular expression matched; null when the route sets no paths
 * @param needsHttps the route would serve the request over TLS but not without: 426 or a redirect
 */
public record RouteMatch<T>(
        T target,
        Route route,
        @Nullable PathPattern path,
        @Nullable String matchedPath,
        boolean needsHttps) {

    /** What a group of the route's regular expression captured, by name or number; null when there is none. */
    public @Nullable String capture(String requestPath, String group) {
        return path == null ? null : path.capture(requestPath, group);
    }
}
