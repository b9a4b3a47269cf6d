package io.gatehouse.admin;

/**
 * What this node's listeners have seen, for {@code /status}.
 *
 * @param connectionsAccepted since the start
 * @param connectionsActive open now
 * @param requestsInFlight begun and not yet answered
 * @param totalRequests since the start
 */
public record ServerCounters(
        long connectionsAccepted, long connectionsActive, long requestsInFlight, long totalRequests) {}
