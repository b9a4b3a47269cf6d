/**
 * Defines the memory of used proofs, which the nodes of a cluster share.
 *
 * <p>What a proof is does not belong here: the memory has numbers.
 *
 * <p>Start with {@link UsedProofs}.
 */
@NullMarked
package io.gatehouse.replay;

import org.jspecify.annotations.NullMarked;
