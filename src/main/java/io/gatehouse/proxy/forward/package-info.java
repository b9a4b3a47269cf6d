/**
 * Forwards a request to an upstream and its response to the client.
 *
 * <p>Connections to upstreams live in {@code io.gatehouse.upstream}; the choice of a target in {@code io.gatehouse.balancer}.
 *
 * <p>Start with {@link Forwarding}.
 */
@NullMarked
package io.gatehouse.proxy.forward;

import org.jspecify.annotations.NullMarked;
