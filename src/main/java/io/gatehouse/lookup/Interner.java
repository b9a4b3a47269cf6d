package io.gatehouse.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.credential.CredentialState;

/** Keeps one instance of each value in cached states: a million tokens belong to a few clients. */
final class Interner implements CredentialState.Values {
    /** Bytes of the values that are kept. The values of further clients are not shared. */
    private static final long MAX_BYTES =
            Math.min(16 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 32);
    /** Of an entry of the cache with a UUID, or with a string of no characters. */
    private static final int ENTRY_BYTES = 150;

    private final Cache<Object, Object> values = Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((Object value, Object same) ->
                    value instanceof String text ? ENTRY_BYTES + 2 * text.length() : ENTRY_BYTES)
            .build();

    @Override
    @SuppressWarnings("unchecked") // Equal strings and UUIDs are of one class.
    public <T> T one(T value) {
        return (T) values.get(value, first -> first);
    }
}
