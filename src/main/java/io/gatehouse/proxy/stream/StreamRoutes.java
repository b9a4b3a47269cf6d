package io.gatehouse.proxy.stream;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.catalog.RoutePlugin;
import io.gatehouse.config.StreamListener;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.traffic.StreamMeters;
import io.gatehouse.routing.StreamTable;
import io.gatehouse.syntax.LogText;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the routes of this node's stream listeners. Each change of the configuration builds new ones.
 *
 * <p><i>Invariant</i>: a route that cannot be served as it is configured matches, and closes its connections. They never match a lower
 * route in its place.
 *
 * <p><i>Threading</i>: all event loops read. One {@link #build} runs at a time, off the event loops, and {@link #use} publishes with
 * one write.
 */
public final class StreamRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRoutes.class);

    private static final Set<String> PROTOCOLS = Set.of("tcp", "tls", "tls_passthrough");

    private final boolean hasListeners;
    private final StreamMeters meters;
    private volatile StreamTable<StreamPlan> table = new StreamTable.Builder<StreamPlan>().build();
    /** The routes that were not served in the current configuration, with the reasons. */
    private Set<String> notServed = Set.of();

    /** Without {@code listeners} the node has no routes. */
    public StreamRoutes(List<StreamListener> listeners, StreamMeters meters) {
        this.hasListeners = !listeners.isEmpty();
        this.meters = meters;
    }

    /** Holds the routes of one configuration. */
    public record Built(StreamTable<StreamPlan> table, StreamMeters.Renewal meters, Set<String> notServed) {}

    /** Builds the routes of a configuration. */
    public Built build(Catalog catalog, Function<Service, ServiceDestination> destinations) {
        StreamTable.Builder<StreamPlan> next = new StreamTable.Builder<>();
        StreamMeters.Renewal renewal = meters.renew();
        Set<String> obstacles = new HashSet<>();
        if (hasListeners) {
            for (Route route : catalog.routes()) {
                Service service = catalog.service(route.serviceId()).orElse(null);
                boolean isDisabled = service != null && !service.enabled();
                if (isDisabled || route.protocols().stream().noneMatch(PROTOCOLS::contains)) {
                    continue;
                }
                String obstacle = obstacle(route, service, catalog);
                ServiceDestination destination =
                        obstacle == null ? destinations.apply(Objects.requireNonNull(service)) : null;
                try {
                    next.add(route, new StreamPlan(route, destination, renewal.of(route, service)));
                } catch (IllegalArgumentException malformed) {
                    obstacle = "one of its attributes is malformed, so no connection matches it";
                }
                if (obstacle != null) {
                    obstacles.add("route=" + name(route) + ": " + obstacle);
                }
            }
        }
        return new Built(next.build(), renewal, Set.copyOf(obstacles));
    }

    private static String name(Route route) {
        return route.name() == null ? route.id().toString() : LogText.oneLine(route.name());
    }

    /** Returns why a route cannot be served; null if it can. */
    private static @Nullable String obstacle(Route route, @Nullable Service service, Catalog catalog) {
        if (service == null) {
            return "it has no Service";
        }
        if (!PROTOCOLS.contains(service.protocol())) {
            return "the protocol of its Service is " + service.protocol();
        }
        boolean passes = route.protocols().stream().anyMatch(StreamPlan::isPassthrough);
        if (StreamPlan.isPassthrough(service.protocol()) && !passes) {
            // The upstream expects the client's TLS, and would receive clear text.
            return "its Service is for tls_passthrough alone";
        }
        String plugins = catalog.pluginsOf(route).stream()
                .flatMap(plugin -> ofConnections(plugin, route))
                .map(Plugin::name)
                .distinct()
                .collect(Collectors.joining(", "));
        return plugins.isEmpty() ? null : "plugins do not run on connections, and it has " + plugins;
    }

    /**
     * Returns the configurations of a plugin that are for the connections of a Route: those that name a Route or a Service, and a
     * global one that names the Route's protocol. Other global ones are for requests.
     */
    private static Stream<Plugin> ofConnections(RoutePlugin plugin, Route route) {
        return Stream.concat(
                        Stream.ofNullable(plugin.common()),
                        plugin.ofConsumers().stream().flatMap(plugins -> plugins.values().stream()))
                .filter(one -> one.routeId() != null || one.serviceId() != null || isFor(route, one));
    }

    /** A connection has no Consumer. */
    private static boolean isFor(Route route, Plugin global) {
        return global.consumerId() == null && global.protocols().stream().anyMatch(route.protocols()::contains);
    }

    /** Replaces the routes, and logs those that are not served from now on. */
    public void use(Built built) {
        table = built.table();
        built.meters().use();
        built.notServed().stream()
                .filter(line -> !notServed.contains(line))
                .sorted()
                .forEach(line -> LOG.warn("connections of a Route are closed {}", line));
        notServed = built.notServed();
    }

    /** Returns the current routes. */
    StreamTable<StreamPlan> table() {
        return table;
    }

    StreamMeters meters() {
        return meters;
    }
}
