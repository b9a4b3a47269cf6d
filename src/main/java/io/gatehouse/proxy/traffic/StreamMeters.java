package io.gatehouse.proxy.traffic;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the counters of every route of connections, and those of connections without a route.
 *
 * <p><i>Invariant</i>: as in {@link TrafficMeters}, the number of series is bounded by the configuration.
 */
public final class StreamMeters {
    private final StreamCounters unmatched = new StreamCounters(RouteMeters.NONE, RouteMeters.NONE);
    /** Replaced as a whole, by one thread at a time. */
    private volatile Map<Labels, StreamCounters> routes = Map.of();

    private record Labels(String route, String service) {}

    StreamMeters() {}

    /** Returns the counters of connections without a route. */
    public StreamCounters unmatched() {
        return unmatched;
    }

    /** Begins to collect the counters of the next configuration. */
    public Renewal renew() {
        return new Renewal();
    }

    /** Collects the counters of a configuration while it is built. */
    public final class Renewal {
        private final Map<Labels, StreamCounters> next = new HashMap<>();

        private Renewal() {}

        /** Returns the route's current counters, or new ones. */
        public StreamCounters of(Route route, @Nullable Service service) {
            Labels labels = new Labels(
                    TrafficMeters.named(route.name(), route.id()),
                    service == null ? RouteMeters.NONE : TrafficMeters.named(service.name(), service.id()));
            return next.computeIfAbsent(labels, missing -> {
                StreamCounters present = routes.get(missing);
                return present == null ? new StreamCounters(missing.route(), missing.service()) : present;
            });
        }

        /** Exports these counters, and no others, from now on. */
        public void use() {
            routes = Map.copyOf(next);
        }
    }

    /** Returns all counters. */
    List<StreamCounters> all() {
        List<StreamCounters> all = new ArrayList<>(routes.values());
        all.add(unmatched);
        return all;
    }
}
