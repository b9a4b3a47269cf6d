package io.gatehouse.admin;

/**
 * Holds the counters of this node's listeners for {@code /status}.
 *
 * @param connectionsAccepted since the start
 * @param connectionsActive open now
 * @param requestsInFlight requests whose response is not complete
 * @param totalRequests since the start
 */
public record ServerCounters(
        long connectionsAccepted, long connectionsActive, long requestsInFlight, long totalRequests) {}
