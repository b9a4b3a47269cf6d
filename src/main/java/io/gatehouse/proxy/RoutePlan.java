package io.gatehouse.proxy;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.PluginChain;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.traffic.RouteMeters;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.routing.ProtocolRule;
import io.gatehouse.routing.UpstreamPath;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The data that a request on a route needs, computed when the configuration changes.
 *
 * @param target null if the route has no Service
 * @param meters count the requests of the route
 */
record RoutePlan(
        ProtocolRule protocols,
        PluginChain chain,
        UpstreamPath path,
        @Nullable ServiceDestination target,
        RouteMeters meters) {

    static RoutePlan of(
            Route route,
            Catalog catalog,
            Map<Plugin, PluginHandler> handlers,
            Function<Service, ServiceDestination> targets,
            TrafficMeters.Renewal meters) {
        Service service = catalog.service(route.serviceId()).orElse(null);
        PluginChain chain = new PluginChain(catalog.pluginsOf(route).stream()
                .map(plugin -> Objects.requireNonNull(handlers.get(plugin)))
                .toList());
        return new RoutePlan(
                ProtocolRule.of(route),
                chain,
                UpstreamPath.of(route, service),
                service == null ? null : targets.apply(service),
                meters.of(route, service));
    }

    /** Creates the handler of a plugin with the factory of its name. */
    static PluginHandler handler(Plugin plugin, Catalog catalog, Map<String, PluginFactory> factories) {
        return Objects.requireNonNull(factories.get(plugin.name()), plugin.name())
                .create(plugin, catalog);
    }
}
