/**
 * Serves liveness, readiness and metrics of a node.
 *
 * <p>No endpoint uses the database or the cluster, whose failure must not restart a node.
 *
 * <p>Start with {@link StatusVerticle}.
 */
@NullMarked
package io.gatehouse.launch.status;

import org.jspecify.annotations.NullMarked;
