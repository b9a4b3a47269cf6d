/** {@code ./gatehouse demo} performs the first five minutes: a client like any other, which uses the node over HTTP alone. */
@NullMarked
package io.gatehouse.launch.demo;

import org.jspecify.annotations.NullMarked;
