package io.gatehouse.proxy;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.catalog.LayeredMap;
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
import java.util.HashSet;
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
    /** Those of the configuration before. */
    private final LayeredMap<UUID, PluginHandler> kept;

    private final Map<UUID, PluginHandler> created = new HashMap<>();
    /** By identity, because routes share the maps of {@link RoutePlugin}. */
    private final IdentityHashMap<Map<UUID, Plugin>, Map<UUID, PluginHandler>> ofConsumers = new IdentityHashMap<>();

    /** {@code factories} are by plugin name. */
    PluginHandlers(Catalog catalog, Map<String, PluginFactory> factories, PluginChain.Failures failures) {
        this(catalog, factories, failures, LayeredMap.of(Map.of()));
    }

    private PluginHandlers(
            Catalog catalog,
            Map<String, PluginFactory> factories,
            PluginChain.Failures failures,
            LayeredMap<UUID, PluginHandler> kept) {
        this.catalog = catalog;
        this.factories = factories;
        this.failures = failures;
        this.kept = kept;
    }

    /** Returns the handlers of the next configuration, without those of plugins that have changed. */
    PluginHandlers with(Catalog next, Set<UUID> changed) {
        PluginHandlers handlers = new PluginHandlers(
                next, factories, failures, kept.with(created, Set.of()).with(Map.of(), changed));
        next.pluginsOfConsumers().forEach(plugins -> {
            Map<UUID, PluginHandler> earlier = ofConsumers.get(plugins);
            if (earlier != null) {
                handlers.ofConsumers.put(plugins, earlier);
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

    /** Returns whether a handler was created for a chain of this configuration. */
    boolean hasCreated() {
        return !created.isEmpty();
    }

    private Set<String> names(Function<PluginHandler, Collection<String>> ofHandler) {
        Set<String> names = new HashSet<>();
        kept.values().forEach(handler -> names.addAll(ofHandler.apply(handler)));
        created.values().forEach(handler -> names.addAll(ofHandler.apply(handler)));
        return names;
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
        PluginHandler earlier = kept.get(plugin.id());
        return earlier == null ? created.computeIfAbsent(plugin.id(), missing -> create(plugin)) : earlier;
    }

    private PluginHandler create(Plugin plugin) {
        return Objects.requireNonNull(factories.get(plugin.name()), plugin.name())
                .create(plugin, catalog);
    }
}
