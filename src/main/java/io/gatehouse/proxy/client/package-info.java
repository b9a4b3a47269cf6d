/**
 * Watches the client's side of a request: connections, pace, partial heads, observation.
 *
 * <p>Nothing here knows the upstream.
 *
 * <p>Start with {@link ClientConnections} and {@link Observation}.
 */
@NullMarked
package io.gatehouse.proxy.client;

import org.jspecify.annotations.NullMarked;
