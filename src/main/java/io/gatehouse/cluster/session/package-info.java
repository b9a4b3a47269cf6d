/**
 * Keeps browser sessions in Hazelcast maps.
 *
 * <p>What an entry contains does not belong here: it is sealed.
 *
 * <p>Start with {@link HazelcastSessionStore} and {@link SessionSettings}.
 */
@NullMarked
package io.gatehouse.cluster.session;

import org.jspecify.annotations.NullMarked;
