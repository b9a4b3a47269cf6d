/**
 * Guards the member port: mutual TLS with the cluster's key in front of Hazelcast (ADR 12).
 *
 * <p>The only package that uses Hazelcast's internal classes.
 *
 * <p>Start with {@link MemberPort}, then {@link MemberHandshake}.
 */
@NullMarked
package io.gatehouse.cluster.port;

import org.jspecify.annotations.NullMarked;
