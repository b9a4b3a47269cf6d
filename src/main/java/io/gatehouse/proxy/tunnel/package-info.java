/**
 * Carries the bytes of a WebSocket between a client and an upstream after the handshake.
 *
 * <p>The handshake is in {@code proxy.forward}. Nothing here changes a frame.
 *
 * <p>Start with {@link Tunnel}.
 */
@NullMarked
package io.gatehouse.proxy.tunnel;

import org.jspecify.annotations.NullMarked;
