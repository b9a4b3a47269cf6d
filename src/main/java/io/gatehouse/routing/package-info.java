/**
 * Matches a request to a Route, and computes the path of the upstream request.
 *
 * <p>Everything is computed when the configuration changes. Nothing here reads a body or a connection.
 *
 * <p>Start with {@link RouteTable}.
 */
@NullMarked
package io.gatehouse.routing;

import org.jspecify.annotations.NullMarked;
