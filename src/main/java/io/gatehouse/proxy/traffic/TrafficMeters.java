package io.gatehouse.proxy.traffic;

import io.gatehouse.catalog.LayeredMap;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the meters of every route of the configuration, and those of requests without a route.
 *
 * <p><i>Invariant</i>: meters are kept across configurations while route and Service keep their names. The number of series is bounded
 * by the configuration.
 */
public final class TrafficMeters {
    private final int loops;
    private final RouteMeters unmatched;
    private final List<LoopLag> lags;
    private final StreamMeters streams = new StreamMeters();
    private final AtomicInteger added = new AtomicInteger();
    /** Replaced as a whole, by one thread at a time. */
    private volatile LayeredMap<Labels, RouteMeters> routes = LayeredMap.of(Map.of());

    private record Labels(String route, String service) {}

    /** Creates meters for so many event loops, numbered from 0. */
    public TrafficMeters(int loops) {
        this.loops = loops;
        this.lags = Stream.generate(LoopLag::new).limit(loops).toList();
        this.unmatched = new RouteMeters(RouteMeters.NONE, RouteMeters.NONE, loops);
    }

    /** Adds an event loop and returns its number. */
    public int addLoop() {
        return added.getAndIncrement();
    }

    /** Returns the lag of an event loop. */
    public LoopLag lag(int loop) {
        return lags.get(loop);
    }

    List<LoopLag> lags() {
        return lags;
    }

    /** Returns the meters of requests without a route. */
    public RouteMeters unmatched() {
        return unmatched;
    }

    /** Returns the meters of stream listeners. */
    public StreamMeters streams() {
        return streams;
    }

    /** Begins to build the meters of the next configuration. {@link Renewal#use} replaces the current ones. */
    public Renewal renew() {
        return new Renewal(LayeredMap.of(Map.of()));
    }

    /** Begins to change the current meters. {@link Renewal#use} replaces them. */
    public Renewal change() {
        return new Renewal(routes);
    }

    /** Collects the meters of a configuration while it is built. */
    public final class Renewal {
        private final LayeredMap<Labels, RouteMeters> present;
        private final Map<Labels, RouteMeters> written = new LinkedHashMap<>();
        private final Set<Labels> removed = new HashSet<>();

        private Renewal(LayeredMap<Labels, RouteMeters> present) {
            this.present = present;
        }

        /** Removes the meters of a route, unless {@link #of} adds them again. */
        public void remove(Route route, @Nullable Service service) {
            removed.add(labels(route, service));
        }

        /** Returns the route's current meters, or new ones. */
        public RouteMeters of(Route route, @Nullable Service service) {
            return written.computeIfAbsent(labels(route, service), missing -> {
                RouteMeters current = routes.get(missing);
                return current == null ? new RouteMeters(missing.route(), missing.service(), loops) : current;
            });
        }

        private static Labels labels(Route route, @Nullable Service service) {
            return new Labels(
                    named(route.name(), route.id()),
                    service == null ? RouteMeters.NONE : named(service.name(), service.id()));
        }

        /** Exports these meters, and no others, from now on. */
        public void use() {
            routes = present.with(written, removed);
        }
    }

    static String named(@Nullable String name, Object id) {
        return name == null ? id.toString() : name;
    }

    /** Returns the sums of all routes. Takes longer the more routes have had a request. */
    public TrafficTotals totals() {
        return TrafficTotals.of(used());
    }

    /** Returns all meters that have counted a request. */
    List<RouteMeters> used() {
        List<RouteMeters> used = new ArrayList<>();
        if (unmatched.isUsed()) {
            used.add(unmatched);
        }
        for (RouteMeters meters : routes.values()) {
            if (meters.isUsed()) {
                used.add(meters);
            }
        }
        return used;
    }
}
