package io.gatehouse.bus;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Requests a response that a node has stored for {@code proxy-cache}.
 *
 * @param pluginId the plugin that stored it; null: any
 * @param key in hexadecimal
 */
public record FetchStoredResponse(@Nullable UUID pluginId, String key) {}
