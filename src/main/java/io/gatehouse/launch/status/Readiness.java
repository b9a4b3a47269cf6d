package io.gatehouse.launch.status;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Whether this node can do its roles' work: true when every named condition has been met and the node is not leaving.
 * Safe to use from any thread.
 */
public final class Readiness {
    private final Map<String, Boolean> conditions = new ConcurrentSkipListMap<>();
    private volatile boolean draining;

    /** One thing that has to be true, in the hands of whoever knows. */
    public final class Condition {
        private final String name;

        private Condition(String name) {
            this.name = name;
        }

        public void met() {
            conditions.put(name, true);
        }

        void lost() {
            conditions.put(name, false);
        }
    }

    /** Adds a condition, such as "catalog", that is missing until it is met. */
    public Condition require(String name) {
        conditions.put(name, false);
        return new Condition(name);
    }

    /** Tells load balancers to look elsewhere; there is no way back. */
    public void drain() {
        draining = true;
    }

    boolean isReady() {
        return !draining && missing().isEmpty();
    }

    boolean isDraining() {
        return draining;
    }

    /** The conditions not met, in alphabetical order. */
    List<String> missing() {
        return conditions.entrySet().stream()
                .filter(condition -> !condition.getValue())
                .map(Map.Entry::getKey)
                .toList();
    }
}
