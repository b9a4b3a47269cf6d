/**
 * Handles clients' connections on the listeners of every role: strict decoding, limits, draining, closing.
 *
 * <p>Nothing here reads a path, a route or a body.
 *
 * <p>Start with {@link StrictHeads} and {@link LingeringClose}.
 */
@NullMarked
package io.gatehouse.connection;

import org.jspecify.annotations.NullMarked;
