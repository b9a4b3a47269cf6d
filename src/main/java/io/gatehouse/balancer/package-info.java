/**
 * Chooses the target of an Upstream for each request: algorithms, health checks, name resolution.
 *
 * <p>There is one balancer for each Upstream and node. Nothing here sends a client's request.
 *
 * <p>Start with {@link Balancer}.
 */
@NullMarked
package io.gatehouse.balancer;

import org.jspecify.annotations.NullMarked;
