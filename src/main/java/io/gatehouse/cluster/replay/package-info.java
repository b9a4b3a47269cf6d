/**
 * Keeps used proofs in a Hazelcast map.
 *
 * <p>The map has a fixed number of entries, the shards, each with the proofs of a part of the tokens and the time since which it exists.
 * They are lost together, so a new shard has a new time.
 *
 * <p>Start with {@link HazelcastUsedProofs} and {@link ReplaySettings}.
 */
@NullMarked
package io.gatehouse.cluster.replay;

import org.jspecify.annotations.NullMarked;
