package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import org.jspecify.annotations.Nullable;

/**
 * The route a request takes.
 *
 * @param target what the proxy prepared for the route
 * @param matchedPath the prefix, or what the regular expression matched; null when the route sets no paths
 * @param needsHttps the route would serve the request over TLS but not without: 426 or a redirect
 */
public record RouteMatch<T>(T target, Route route, @Nullable String matchedPath, boolean needsHttps) {}
