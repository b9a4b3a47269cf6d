/** Hazelcast: who is there, and the token cache they share. The one package that knows it. */
@NullMarked
package io.gatehouse.cluster;

import org.jspecify.annotations.NullMarked;
