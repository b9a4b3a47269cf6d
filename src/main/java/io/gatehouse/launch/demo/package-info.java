/** {@code ./gatehouse demo}: the first five minutes, performed. A client like any other: it knows the node's HTTP only. */
@NullMarked
package io.gatehouse.launch.demo;

import org.jspecify.annotations.NullMarked;
