/**
 * Serves liveness, readiness and metrics of a node.
 *
 * <p>Start with {@link StatusVerticle}.
 */
@NullMarked
package io.gatehouse.launch.status;

import org.jspecify.annotations.NullMarked;
