package io.gatehouse.issuer;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.OAuth2Config;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Caches the configuration of each plugin for one version of the catalog.
 *
 * <p><i>Threading</i>: the verticle's event loop.
 */
final class PluginConfigs {
    private final Map<UUID, OAuth2Config> configs = new HashMap<>();
    private @Nullable Catalog current;

    /** Empty if the catalog has no such plugin. */
    Optional<OAuth2Config> of(@Nullable Catalog catalog, UUID pluginId) {
        if (catalog != current) {
            configs.clear();
            current = catalog;
        }
        OAuth2Config known = configs.get(pluginId);
        if (known != null || catalog == null) {
            return Optional.ofNullable(known);
        }
        Optional<OAuth2Config> read = catalog.plugin(pluginId).map(OAuth2Config::of);
        read.ifPresent(config -> configs.put(pluginId, config));
        return read;
    }
}
