package io.gatehouse.plugin.proxycache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
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

    private static final int PART_OF_HEAP = 16;

    private final Cache<String, StoredResponse> responses;
    private final AtomicLong purges = new AtomicLong();

    /**
     * Creates an empty store.
     *
     * @param evicted runs for each response that is evicted to make room. It does not block
     */
    ResponseStore(long maxBytes, Runnable evicted) {
        this.responses = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((String key, StoredResponse response) -> response.weight())
                .evictionListener((key, response, cause) -> evicted.run())
                .build();
    }

    /** Returns the bound of a node with that heap. */
    static long maxBytes(long heapBytes) {
        return Math.min(MAX_BYTES, heapBytes / PART_OF_HEAP);
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

    /** Returns the memory of all entries in bytes, approximately. */
    long bytes() {
        return responses.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** Returns the number of purges so far. */
    long purges() {
        return purges.get();
    }

    /** Stores a response, unless a purge has come after its request, when there were {@code purgesBefore}. */
    void put(String key, StoredResponse response, long purgesBefore) {
        if (purges.get() != purgesBefore) {
            return;
        }
        responses.put(key, response);
        if (purges.get() != purgesBefore) {
            responses.asMap().remove(key, response);
        }
    }

    /** Removes the entry of a key; null: all entries. With a plugin, only that plugin's. */
    void purge(@Nullable UUID pluginId, @Nullable String key) {
        purges.incrementAndGet();
        if (key == null) {
            responses.asMap().values().removeIf(stored -> isOf(pluginId, stored));
        } else {
            responses.asMap().computeIfPresent(key, (same, stored) -> isOf(pluginId, stored) ? null : stored);
        }
    }

    private static boolean isOf(@Nullable UUID pluginId, StoredResponse stored) {
        return pluginId == null || stored.pluginId().equals(pluginId);
    }
}
