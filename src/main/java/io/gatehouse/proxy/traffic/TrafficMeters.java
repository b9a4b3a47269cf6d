package io.gatehouse.proxy.traffic;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The meters of every route of the configuration, and those of requests that took none. They outlive a configuration as
 * long as route and Service keep their names, and go with them: what is exported is bounded by what is configured.
 */
public final class TrafficMeters {
    private final int loops;
    private final RouteMeters unmatched;
    private final List<LoopLag> lags;
    private final AtomicInteger added = new AtomicInteger();
    /** Replaced as a whole, by one thread at a time. */
    private volatile Map<Labels, RouteMeters> routes = Map.of();

    private record Labels(String route, String service) {}

    /** For as many event loops, numbered from 0. */
    public TrafficMeters(int loops) {
        this.loops = loops;
        this.lags = Stream.generate(LoopLag::new).limit(loops).toList();
        this.unmatched = new RouteMeters(RouteMeters.NONE, RouteMeters.NONE, loops);
    }

    /** The number of one more event loop. */
    public int addLoop() {
        return added.getAndIncrement();
    }

    /** How late an event loop is. */
    public LoopLag lag(int loop) {
        return lags.get(loop);
    }

    List<LoopLag> lags() {
        return lags;
    }

    /** Of requests without a route. */
    public RouteMeters unmatched() {
        return unmatched;
    }

    /** The meters of the next configuration, which {@link Renewal#use} puts in place of the present ones. */
    public Renewal renew() {
        return new Renewal();
    }

    /** Collects the meters of a configuration while it is built. */
    public final class Renewal {
        private final Map<Labels, RouteMeters> next = new HashMap<>();

        private Renewal() {}

        /** Those the route has already, or new ones. */
        public RouteMeters of(Route route, @Nullable Service service) {
            Labels labels = new Labels(
                    named(route.name(), route.id()),
                    service == null ? RouteMeters.NONE : named(service.name(), service.id()));
            return next.computeIfAbsent(labels, missing -> {
                RouteMeters present = routes.get(missing);
                return present == null ? new RouteMeters(missing.route(), missing.service(), loops) : present;
            });
        }

        /** From now on these are exported, and no others. */
        public void use() {
            routes = Map.copyOf(next);
        }
    }

    private static String named(@Nullable String name, Object id) {
        return name == null ? id.toString() : name;
    }

    /** All that have counted something. */
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
