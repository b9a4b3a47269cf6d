/**
 * Runs the Hazelcast member: cluster membership and the shared cache.
 *
 * <p>No other package uses Hazelcast. Messages and addresses are in {@code io.gatehouse.bus}; TLS between members is in
 * {@code io.gatehouse.cluster.port}.
 *
 * <p>Start with {@link Cluster} and {@link HazelcastSettings}.
 */
@NullMarked
package io.gatehouse.cluster;

import org.jspecify.annotations.NullMarked;
