package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import io.gatehouse.syntax.PathPattern;
import org.jspecify.annotations.Nullable;

/**
 * The route of a request.
 *
 * @param target the proxy's data for the route
 * @param path the route's path that matched; null if the route has none
 * @param matchedPath the prefix, or the text that the regular expression matched; null if the route has no paths
 */
public record RouteMatch<T>(
        T target,
        Route route,
        @Nullable PathPattern path,
        @Nullable String matchedPath) {

    /** Returns the text that a group of the regular expression captured, by name or number; null if there is none. */
    public @Nullable String capture(String requestPath, String group) {
        return path == null ? null : path.capture(requestPath, group);
    }
}
