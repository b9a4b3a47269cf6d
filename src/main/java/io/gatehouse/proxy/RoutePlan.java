package io.gatehouse.proxy;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.PluginChain;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.traffic.RouteMeters;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.routing.ProtocolRule;
import io.gatehouse.routing.UpstreamPath;
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
            PluginHandlers handlers,
            Function<Service, ServiceDestination> targets,
            TrafficMeters.Renewal meters) {
        Service service = catalog.service(route.serviceId()).orElse(null);
        return new RoutePlan(
                ProtocolRule.of(route),
                handlers.chain(route),
                UpstreamPath.of(route, service),
                service == null ? null : targets.apply(service),
                meters.of(route, service));
    }
}
