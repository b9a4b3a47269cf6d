package io.gatehouse.launch.status;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Decides whether this node is ready: every named condition is met and the node is not draining.
 *
 * <p><i>Threading</i>: thread-safe.
 */
public final class Readiness {
    private final Map<String, Boolean> conditions = new ConcurrentSkipListMap<>();
    private volatile boolean draining;

    /** Represents one condition for the component that meets it. */
    public final class Condition {
        private final String name;

        private Condition(String name) {
            this.name = name;
        }

        public void met() {
            conditions.put(name, true);
        }
    }

    /** Adds a condition, such as "catalog", which is missing until it is met. */
    public Condition require(String name) {
        conditions.put(name, false);
        return new Condition(name);
    }

    /** Makes the node not ready, so that load balancers stop sending requests. Cannot be undone. */
    public void drain() {
        draining = true;
    }

    boolean isReady() {
        return !draining && missing().isEmpty();
    }

    boolean isDraining() {
        return draining;
    }

    /** Returns the conditions that are not met, in alphabetical order. */
    List<String> missing() {
        return conditions.entrySet().stream()
                .filter(condition -> !condition.getValue())
                .map(Map.Entry::getKey)
                .toList();
    }
}
