package io.gatehouse.plugin.proxycache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores the responses of all {@code proxy-cache} plugins of a node, in bounded memory.
 *
 * <p>Each entry counts with at least 1 KiB, so the bound in bytes also bounds the number of entries.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
final class ResponseStore {
    /** Docs: docs/reference/limits.md#plugins. */
    static final long MAX_BYTES = 64L * 1024 * 1024;

    private final Cache<String, StoredResponse> responses;

    ResponseStore() {
        this(MAX_BYTES);
    }

    ResponseStore(long maxBytes) {
        this.responses = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((String key, StoredResponse response) -> response.weight())
                .build();
    }

    /** Returns an entry that has not expired; null if there is none. */
    @Nullable
    StoredResponse get(String key) {
        StoredResponse response = responses.getIfPresent(key);
        if (response != null && response.isExpired(System.currentTimeMillis())) {
            responses.asMap().remove(key, response);
            return null;
        }
        return response;
    }

    void put(String key, StoredResponse response) {
        responses.put(key, response);
    }

    /** Removes the entry of a key; null: all entries. With a plugin, only that plugin's. */
    void purge(@Nullable UUID pluginId, @Nullable String key) {
        responses.asMap().entrySet().removeIf(entry ->
                (key == null || entry.getKey().equals(key))
                        && (pluginId == null || entry.getValue().pluginId().equals(pluginId)));
    }
}
