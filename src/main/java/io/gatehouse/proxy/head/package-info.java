/**
 * Reads and writes heads: framing, hop-by-hop fields, request ids, gRPC status, error bodies.
 *
 * <p>No connection is opened or closed here.
 *
 * <p>Start with {@link RequestFraming}.
 */
@NullMarked
package io.gatehouse.proxy.head;

import org.jspecify.annotations.NullMarked;
