package io.gatehouse.bus;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Removes stored responses of {@code proxy-cache}.
 *
 * @param pluginId the plugin that stored them; null: any
 * @param key of one response; null: all
 */
public record PurgeResponses(
        @Nullable UUID pluginId, @Nullable String key) {}
