package io.gatehouse.catalog;

import io.gatehouse.entity.Plugin;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds the configurations of one plugin on a route. For each request one of them runs, depending on its Consumer.
 *
 * @param ofConsumers the configurations of Consumers by the Consumer's id; a more specific place precedes. Routes share these maps
 * @param common runs if none of these has the Consumer; null: the plugin does not run
 */
public record RoutePlugin(
        List<Map<UUID, Plugin>> ofConsumers, @Nullable Plugin common) {}
