package io.gatehouse.faults;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Who may accept for a while what was revoked.
 *
 * @param nodes the ids of those that were named late; none: the answer could name nobody, and any may be
 */
record Excuse(Duration time, Set<String> nodes) {
    /** The cache the nodes share: one that asks it may hear what was true. */
    private static final String SHARED_CACHE = "token-cache";

    /** As {@code X-Gatehouse-Late-Nodes} has them. */
    static Excuse of(String lateNodes, Duration time) {
        Set<String> named = Set.copyOf(List.of(lateNodes.split(",", -1)));
        return named.contains(SHARED_CACHE) ? anybody(time) : new Excuse(time, named);
    }

    static Excuse anybody(Duration time) {
        return new Excuse(time, Set.of());
    }

    boolean covers(String node) {
        return nodes.isEmpty() || nodes.contains(node);
    }
}
