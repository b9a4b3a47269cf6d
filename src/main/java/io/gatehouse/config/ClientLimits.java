package io.gatehouse.config;

import java.time.Duration;

/**
 * Limits how long a client may hold a request, a connection or a stream.
 *
 * @param idleTimeout limit for a request head, between requests, and without progress while the gateway waits for the client
 * @param minRate least bytes per second that count as progress
 * @param tunnelIdleTimeout limit for a WebSocket without traffic
 */
public record ClientLimits(Duration idleTimeout, int minRate, Duration tunnelIdleTimeout) {}
