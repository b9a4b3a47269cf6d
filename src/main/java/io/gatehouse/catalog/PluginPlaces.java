package io.gatehouse.catalog;

import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the plugins that run on a route: enabled, installed, and not limited to a consumer. */
record PluginPlaces(Map<UUID, List<Plugin>> byPlace) {
    /** The place of a global plugin. No entity has this id. */
    private static final UUID GLOBAL = new UUID(0, 0);

    static PluginPlaces of(Collection<Plugin> plugins) {
        return new PluginPlaces(plugins.stream()
                .filter(plugin -> plugin.enabled()
                        && plugin.consumerId() == null
                        && PluginSchemas.find(plugin.name()).isPresent())
                .collect(Collectors.groupingBy(PluginPlaces::place)));
    }

    /** The plugin's route, else its service. */
    private static UUID place(Plugin plugin) {
        UUID routeId = plugin.routeId();
        UUID serviceId = plugin.serviceId();
        return routeId != null ? routeId : serviceId != null ? serviceId : GLOBAL;
    }

    /**
     * The plugins that run for a request on the route, in execution order. Of several with one name the most specific runs:
     * route and service, route, service, global (docs/reference/admin-api.md#entities).
     */
    List<Plugin> of(Route route) {
        Map<String, Plugin> chosen = new HashMap<>();
        Stream.of(GLOBAL, route.id(), Objects.requireNonNullElse(route.serviceId(), GLOBAL))
                .distinct()
                .flatMap(place -> byPlace.getOrDefault(place, List.of()).stream())
                .filter(plugin -> covers(plugin, route))
                .forEach(plugin -> chosen.merge(
                        plugin.name(), plugin, (one, other) -> weight(one) >= weight(other) ? one : other));
        return chosen.values().stream()
                .sorted(Comparator.comparingInt(PluginPlaces::priority)
                        .reversed()
                        .thenComparing(Plugin::name))
                .toList();
    }

    private static boolean covers(Plugin plugin, Route route) {
        return (plugin.routeId() == null || plugin.routeId().equals(route.id()))
                && (plugin.serviceId() == null || Objects.equals(plugin.serviceId(), route.serviceId()));
    }

    private static int weight(Plugin plugin) {
        return (plugin.routeId() == null ? 0 : 2) + (plugin.serviceId() == null ? 0 : 1);
    }

    private static int priority(Plugin plugin) {
        return PluginSchemas.find(plugin.name()).map(PluginSchema::priority).orElse(0);
    }
}
