package io.gatehouse.faults;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may accept for a while what was revoked.
 *
 * @param nodes the ids of those that were named late; none: the answer could name nobody, and any may be
 */
record Excuse(Duration time, Set<String> nodes) {
    /** As {@code X-Gatehouse-Late-Nodes} has them: a host's name, roles and the id. */
    static Excuse of(String lateNodes, Duration time) {
        return new Excuse(
                time,
                Stream.of(lateNodes.split(",", -1))
                        .map(named -> named.substring(named.lastIndexOf('/') + 1))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    static Excuse anybody(Duration time) {
        return new Excuse(time, Set.of());
    }

    boolean covers(String node) {
        return nodes.isEmpty() || nodes.contains(node);
    }
}
