package io.gatehouse.faults;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names the nodes that may accept a revoked token for a while.
 *
 * @param nodes the ids of the late nodes; empty: the response could not name them, so any node may be late
 */
record Tolerance(Duration time, Set<String> nodes) {
    /** Reads the header {@code X-Gatehouse-Late-Nodes}, which holds host name, roles and id of each node. */
    static Tolerance of(String lateNodes, Duration time) {
        return new Tolerance(
                time,
                Stream.of(lateNodes.split(",", -1))
                        .map(named -> named.substring(named.lastIndexOf('/') + 1))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    static Tolerance anyNode(Duration time) {
        return new Tolerance(time, Set.of());
    }

    boolean covers(String node) {
        return nodes.isEmpty() || nodes.contains(node);
    }
}
