/** Which Route a request takes, and the path its Service is called with. */
@NullMarked
package io.gatehouse.routing;

import org.jspecify.annotations.NullMarked;
