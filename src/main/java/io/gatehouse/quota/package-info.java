/**
 * Counts against limits of time windows, with leases: a node takes a part of a limit and uses it without a message to the store.
 *
 * <p>Neither Hazelcast nor HTTP belongs here. The store of a cluster is in {@code io.gatehouse.cluster.quota}.
 *
 * <p>Start with {@link Counters}, then {@link LeasedCounters} (docs/adr/0016-leased-counters.md).
 */
@NullMarked
package io.gatehouse.quota;

import org.jspecify.annotations.NullMarked;
