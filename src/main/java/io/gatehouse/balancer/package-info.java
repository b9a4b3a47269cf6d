/** Which target of an Upstream a request goes to: algorithms, health, names. One balancer per Upstream and node. */
@NullMarked
package io.gatehouse.balancer;

import org.jspecify.annotations.NullMarked;
