package io.gatehouse.catalog;

import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.Consumer;
import io.gatehouse.entity.Document;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.PluginSchema;
import io.gatehouse.entity.PluginSchemas;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One version of the configuration, immutable, in the records the data path works with. */
public final class Catalog {
    /** Stands for the place of a plugin that is attached to nothing; no entity has this id. */
    private static final UUID EVERYWHERE = new UUID(0, 0);

    private final long version;
    private final Map<UUID, Service> services;
    private final List<Route> routes;
    private final Map<UUID, Plugin> plugins;
    private final List<Consumer> consumers;
    /** Plugins that may run for any consumer, by the route, else the service they are attached to. */
    private final Map<UUID, List<Plugin>> pluginsByPlace;

    private Catalog(
            long version,
            Map<UUID, Service> services,
            List<Route> routes,
            Map<UUID, Plugin> plugins,
            List<Consumer> consumers) {
        this.version = version;
        this.services = services;
        this.routes = routes;
        this.plugins = plugins;
        this.consumers = consumers;
        this.pluginsByPlace = plugins.values().stream()
                .filter(plugin -> plugin.enabled() && plugin.consumerId() == null)
                .collect(Collectors.groupingBy(Catalog::place));
    }

    private static UUID place(Plugin plugin) {
        UUID routeId = plugin.routeId();
        UUID serviceId = plugin.serviceId();
        return routeId != null ? routeId : serviceId != null ? serviceId : EVERYWHERE;
    }

    public static Catalog of(CatalogSnapshot snapshot) {
        return new Catalog(
                snapshot.version(),
                snapshot.services().stream()
                        .map(values -> Service.of(new Document(values)))
                        .collect(Collectors.toUnmodifiableMap(Service::id, Function.identity())),
                snapshot.routes().stream()
                        .map(values -> Route.of(new Document(values)))
                        .toList(),
                snapshot.plugins().stream()
                        .map(values -> Plugin.of(new Document(values)))
                        .filter(plugin -> PluginSchemas.find(plugin.name()).isPresent())
                        .collect(Collectors.toUnmodifiableMap(Plugin::id, Function.identity())),
                snapshot.consumers().stream()
                        .map(values -> Consumer.of(new Document(values)))
                        .toList());
    }

    public long version() {
        return version;
    }

    public List<Route> routes() {
        return routes;
    }

    public Optional<Service> service(@Nullable UUID id) {
        return id == null ? Optional.empty() : Optional.ofNullable(services.get(id));
    }

    public Optional<Plugin> plugin(UUID id) {
        return Optional.ofNullable(plugins.get(id));
    }

    /** The consumer a plugin names as {@code anonymous}, by id or username. */
    public Optional<Consumer> anonymousConsumer(String idOrUsername) {
        return consumers.stream()
                .filter(consumer ->
                        consumer.id().toString().equals(idOrUsername) || idOrUsername.equals(consumer.username()))
                .findFirst();
    }

    /**
     * The plugins that run for a request on the route, in the order they run. Of several of one kind the most particular
     * counts: route and service, route, service, everywhere (contract/admin-api.md §4).
     */
    public List<Plugin> pluginsOf(Route route) {
        Map<String, Plugin> chosen = new HashMap<>();
        Stream.of(EVERYWHERE, route.id(), Objects.requireNonNullElse(route.serviceId(), EVERYWHERE))
                .distinct()
                .flatMap(place -> pluginsByPlace.getOrDefault(place, List.of()).stream())
                .filter(plugin -> covers(plugin, route))
                .forEach(plugin -> chosen.merge(
                        plugin.name(), plugin, (one, other) -> weight(one) >= weight(other) ? one : other));
        return chosen.values().stream()
                .sorted(Comparator.comparingInt(Catalog::priority).reversed().thenComparing(Plugin::name))
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
