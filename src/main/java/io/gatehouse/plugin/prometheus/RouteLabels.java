package io.gatehouse.plugin.prometheus;

import io.gatehouse.entity.DefaultWorkspace;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.prometheus.metrics.model.snapshots.Labels;
import org.jspecify.annotations.Nullable;

/**
 * Names the route of a series as Kong does.
 *
 * @param service the name, otherwise the host, of the Service; empty without one
 * @param route the name, otherwise the id
 */
record RouteLabels(String service, String route) {

    static RouteLabels of(Route route, @Nullable Service service) {
        String routeName = route.name() == null ? route.id().toString() : route.name();
        if (service == null) {
            return new RouteLabels("", routeName);
        }
        return new RouteLabels(service.name() == null ? service.host() : service.name(), routeName);
    }

    Labels labels() {
        return Labels.of("service", service, "route", route, "workspace", DefaultWorkspace.NAME);
    }
}
