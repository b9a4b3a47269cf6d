package io.gatehouse.proxy;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.catalog.RoutePlugin;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Route;
import io.gatehouse.plugin.PerConsumer;
import io.gatehouse.plugin.PluginChain;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.Redaction;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/** Creates the handlers of one configuration: one for each plugin, shared by its routes. */
final class PluginHandlers {
    private final Catalog catalog;
    private final Map<String, PluginFactory> factories;
    private final PluginChain.Failures failures;
    private final Map<UUID, PluginHandler> byId = new HashMap<>();
    /** By identity, because routes share the maps of {@link RoutePlugin}. */
    private final IdentityHashMap<Map<UUID, Plugin>, Map<UUID, PluginHandler>> ofConsumers = new IdentityHashMap<>();

    /** {@code factories} are by plugin name. */
    PluginHandlers(Catalog catalog, Map<String, PluginFactory> factories, PluginChain.Failures failures) {
        this.catalog = catalog;
        this.factories = factories;
        this.failures = failures;
    }

    /** Returns the handlers of the next configuration, without those of plugins that have changed. */
    PluginHandlers with(Catalog next, Set<UUID> changed) {
        PluginHandlers handlers = new PluginHandlers(next, factories, failures);
        handlers.byId.putAll(byId);
        handlers.byId.keySet().removeAll(changed);
        next.pluginsOfConsumers().forEach(plugins -> {
            Map<UUID, PluginHandler> kept = ofConsumers.get(plugins);
            if (kept != null) {
                handlers.ofConsumers.put(plugins, kept);
            }
        });
        return handlers;
    }

    PluginChain chain(Route route) {
        List<RoutePlugin> plugins = catalog.pluginsOf(route);
        return new PluginChain(
                plugins.stream().map(this::handler).toList(),
                plugins.stream().map(PluginHandlers::name).toList(),
                failures);
    }

    /** Returns the plugins of the requests that match no route. Only their responses and logs are of interest. */
    PluginChain global() {
        return new PluginChain(
                catalog.globalPlugins().stream().map(this::handler).toList());
    }

    private static String name(RoutePlugin plugin) {
        return Stream.concat(
                        Stream.ofNullable(plugin.common()),
                        plugin.ofConsumers().stream().flatMap(each -> each.values().stream()))
                .findFirst()
                .map(Plugin::name)
                .orElse("");
    }

    /** Returns the redaction of what clients send to the plugins of all chains, and of what these send to upstreams. */
    Redaction redaction() {
        return new Redaction(names(PluginHandler::secretNames), names(PluginHandler::secretsWritten));
    }

    private List<String> names(Function<PluginHandler, Collection<String>> ofHandler) {
        return byId.values().stream()
                .flatMap(handler -> ofHandler.apply(handler).stream())
                .toList();
    }

    private PluginHandler handler(RoutePlugin plugin) {
        PluginHandler common = plugin.common() == null ? null : handler(plugin.common());
        return common != null && plugin.ofConsumers().isEmpty()
                ? common
                : new PerConsumer(
                        plugin.ofConsumers().stream().map(this::handlers).toList(), common);
    }

    private Map<UUID, PluginHandler> handlers(Map<UUID, Plugin> plugins) {
        return ofConsumers.computeIfAbsent(plugins, missing -> {
            Map<UUID, PluginHandler> handlers = new HashMap<>();
            missing.forEach((consumer, plugin) -> handlers.put(consumer, handler(plugin)));
            return handlers;
        });
    }

    private PluginHandler handler(Plugin plugin) {
        return byId.computeIfAbsent(
                plugin.id(),
                missing -> Objects.requireNonNull(factories.get(plugin.name()), plugin.name())
                        .create(plugin, catalog));
    }
}
