package io.gatehouse.bus;

import java.util.List;
import java.util.Map;

/**
 * Reports the state of a node, and its counters since its start.
 *
 * @param name of the node for operators: host name and roles
 * @param catalogVersion of the configuration that the node serves
 * @param databaseAge seconds since the node last received the changes of the database
 * @param connections of clients that are open
 * @param requestsInFlight requests without a complete response
 * @param responses the responses by status class, such as {@code 2xx}
 * @param bounds the upper bounds of the buckets of {@code durations} in seconds; the last bucket has none
 * @param durations the requests by the time to the last byte of their response, in each bucket
 * @param lookups the lookups of credentials by outcome
 */
public record NodeFigures(
        String name,
        String version,
        long catalogVersion,
        double databaseAge,
        long connections,
        long requestsInFlight,
        Map<String, Long> responses,
        List<Double> bounds,
        List<Long> durations,
        Map<String, Long> lookups) {}
