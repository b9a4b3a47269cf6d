package io.gatehouse.catalog;

import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the plugins that run on a route: those that are enabled and installed.
 *
 * @param inOrder the schemas of the configured plugins in execution order
 * @param common the plugins without a Consumer
 * @param ofConsumers the plugins with a Consumer, by its id
 */
record PluginPlaces(List<PluginSchema> inOrder, Map<Place, Plugin> common, Map<Place, Map<UUID, Plugin>> ofConsumers) {

    /** Names a place: a Route and a Service, one of them, or every request. At one place a plugin has one configuration. */
    private record Place(
            String plugin, @Nullable UUID route, @Nullable UUID service) {}

    /** {@code before} are the places of the version before; null without one. A map of Consumers that is equal there is kept. */
    static PluginPlaces of(Collection<Plugin> plugins, @Nullable PluginPlaces before) {
        Map<Place, Plugin> common = new HashMap<>();
        Map<Place, Map<UUID, Plugin>> ofConsumers = new HashMap<>();
        for (Plugin plugin : plugins) {
            if (plugin.enabled()) {
                Place place = new Place(plugin.name(), plugin.routeId(), plugin.serviceId());
                if (plugin.consumerId() == null) {
                    common.put(place, plugin);
                } else {
                    ofConsumers
                            .computeIfAbsent(place, missing -> new HashMap<>())
                            .put(plugin.consumerId(), plugin);
                }
            }
        }
        ofConsumers.replaceAll((place, byConsumer) -> {
            Map<UUID, Plugin> earlier = before == null ? null : before.ofConsumers.get(place);
            return byConsumer.equals(earlier) ? earlier : Map.copyOf(byConsumer);
        });
        List<PluginSchema> inOrder = Stream.concat(common.keySet().stream(), ofConsumers.keySet().stream())
                .map(Place::plugin)
                .distinct()
                .map(PluginSchemas::find)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingInt(PluginSchema::priority)
                        .reversed()
                        .thenComparing(PluginSchema::name))
                .toList();
        return new PluginPlaces(inOrder, common, ofConsumers);
    }

    /** Returns the plugins of a route in execution order. */
    List<RoutePlugin> of(Route route) {
        return inOrder.stream()
                .map(schema -> of(schema.name(), route))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the plugins of every request in execution order. */
    List<Plugin> everywhere() {
        return inOrder.stream()
                .map(schema -> common.get(new Place(schema.name(), null, null)))
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Returns the configurations of a plugin in the order of docs/reference/admin-api.md#plugins. That of a Consumer precedes that
     * of the same place without one, except for two: the configuration of Route and Service precedes the Consumer's own.
     */
    private Optional<RoutePlugin> of(String plugin, Route route) {
        Place both = new Place(plugin, route.id(), route.serviceId());
        Place everywhere = new Place(plugin, null, null);
        List<Place> places = Stream.of(
                        both, new Place(plugin, route.id(), null), new Place(plugin, null, route.serviceId()))
                .distinct()
                .filter(place -> !place.equals(everywhere))
                .toList();
        Plugin chosen = Stream.concat(places.stream(), Stream.of(everywhere))
                .map(common::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        List<Map<UUID, Plugin>> consumers = new ArrayList<>();
        places.forEach(place -> add(consumers, place));
        boolean isOfBoth = chosen != null && chosen.routeId() != null && chosen.serviceId() != null;
        if (!isOfBoth) {
            add(consumers, everywhere);
        }
        return chosen == null && consumers.isEmpty()
                ? Optional.empty()
                : Optional.of(new RoutePlugin(List.copyOf(consumers), chosen));
    }

    private void add(List<Map<UUID, Plugin>> consumers, Place place) {
        Map<UUID, Plugin> found = ofConsumers.get(place);
        if (found != null) {
            consumers.add(found);
        }
    }
}
