/** Joins two connections that carry bytes without HTTP: those of a WebSocket, and those of a stream listener. */
@NullMarked
package io.gatehouse.connection.relay;

import org.jspecify.annotations.NullMarked;
