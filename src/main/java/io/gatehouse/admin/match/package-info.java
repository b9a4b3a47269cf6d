/**
 * Finds the Route that serves a request, for operators (docs/reference/admin-api.md#which-route-matches).
 *
 * <p>Rules of matching do not belong here: they are those of {@code routing}, which the proxy uses.
 *
 * <p>Start with {@link RouteMatches}.
 */
@NullMarked
package io.gatehouse.admin.match;

import org.jspecify.annotations.NullMarked;
