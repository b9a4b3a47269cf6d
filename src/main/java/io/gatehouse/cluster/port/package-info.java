/** The member port: who may speak to this node's Hazelcast member, and over what. */
@NullMarked
package io.gatehouse.cluster.port;

import org.jspecify.annotations.NullMarked;
