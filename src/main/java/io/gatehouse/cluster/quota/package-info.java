/**
 * Keeps the counters of the cluster in a Hazelcast map and grants leases of them.
 *
 * <p>What a node does with a lease is in {@code io.gatehouse.quota}.
 *
 * <p>Start with {@link HazelcastLeaseStore} and {@link ClaimProcessor}.
 */
@NullMarked
package io.gatehouse.cluster.quota;

import org.jspecify.annotations.NullMarked;
