package io.gatehouse.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.credential.CredentialState;

/** Keeps one instance of each value in cached states: a million tokens belong to a few clients. */
final class Interner implements CredentialState.Values {
    /** The values of further clients are not shared. */
    private static final int MAX_VALUES = 100_000;

    private final Cache<Object, Object> values =
            Caffeine.newBuilder().maximumSize(MAX_VALUES).build();

    @Override
    @SuppressWarnings("unchecked") // Equal strings and UUIDs are of one class.
    public <T> T one(T value) {
        return (T) values.get(value, first -> first);
    }
}
