package io.gatehouse.config;

import java.time.Duration;

/**
 * How long a client may hold a request, a connection or a stream.
 *
 * @param idleTimeout for the head of a request, between requests, and without progress while the gateway waits for the client
 * @param minRate bytes per second that count as progress
 * @param tunnelIdleTimeout how long a WebSocket may carry no byte
 */
public record ClientLimits(Duration idleTimeout, int minRate, Duration tunnelIdleTimeout) {}
