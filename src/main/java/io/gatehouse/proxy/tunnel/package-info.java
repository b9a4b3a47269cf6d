/** Carries the bytes of a WebSocket between a client and an upstream once both agreed on it. */
@NullMarked
package io.gatehouse.proxy.tunnel;

import org.jspecify.annotations.NullMarked;
