package io.gatehouse.catalog;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Maps keys to values, as a large map and the few entries that have changed since that was made.
 *
 * <p><i>Why</i>: a copy of 100,000 entries for each change of one of them costs milliseconds and megabytes. After {@value #MAX_CHANGES} changed
 * entries, or an eighth of all, there is one map again.
 *
 * <p><i>Threading</i>: immutable.
 */
public final class LayeredMap<K, V> {
    private static final int MAX_CHANGES = 256;
    /** The part of the entries that changes before there is one map again. A small one costs little. */
    private static final int MIN_PART = 8;

    private final Map<K, V> large;
    /** The present values of changed keys; empty: removed. */
    private final Map<K, Optional<V>> changed;

    private final int size;

    private LayeredMap(Map<K, V> large, Map<K, Optional<V>> changed) {
        this.large = large;
        this.changed = changed;
        int entries = large.size();
        for (Map.Entry<K, Optional<V>> entry : changed.entrySet()) {
            entries += (entry.getValue().isPresent() ? 1 : 0) - (large.containsKey(entry.getKey()) ? 1 : 0);
        }
        this.size = entries;
    }

    /** Returns a map with these entries, in their order. */
    public static <K, V> LayeredMap<K, V> of(Map<K, V> entries) {
        return new LayeredMap<>(new LinkedHashMap<>(entries), Map.of());
    }

    /** Returns the map without the removed keys, and with the written entries. */
    public LayeredMap<K, V> with(Map<K, V> written, Collection<K> removed) {
        if (written.isEmpty() && removed.isEmpty()) {
            return this;
        }
        if (large.isEmpty()) {
            return of(written);
        }
        Map<K, Optional<V>> next = new LinkedHashMap<>(changed);
        removed.forEach(key -> next.put(key, Optional.empty()));
        written.forEach((key, value) -> next.put(key, Optional.of(value)));
        return next.size() <= Math.min(MAX_CHANGES, large.size() / MIN_PART)
                ? new LayeredMap<>(large, next)
                : new LayeredMap<>(joined(large, next), Map.of());
    }

    private static <K, V> Map<K, V> joined(Map<K, V> large, Map<K, Optional<V>> changed) {
        Map<K, V> all = new LinkedHashMap<>(large);
        changed.forEach((key, value) -> value.ifPresentOrElse(present -> all.put(key, present), () -> all.remove(key)));
        return all;
    }

    /** Returns the value of a key; null if there is none, or no key. */
    public @Nullable V get(@Nullable K key) {
        if (key == null) {
            return null;
        }
        Optional<V> recent = changed.get(key);
        return recent == null ? large.get(key) : recent.orElse(null);
    }

    /** Returns a view of the values. */
    public Collection<V> values() {
        return changed.isEmpty() ? large.values() : new Values();
    }

    /** Returns the keys that an earlier version has not, or has with another value, and those that it alone has. */
    public Set<K> changedSince(LayeredMap<K, V> before) {
        Set<K> keys = new HashSet<>(changed.keySet());
        keys.addAll(before.changed.keySet());
        if (large != before.large) {
            keys.addAll(large.keySet());
            keys.addAll(before.large.keySet());
        }
        keys.removeIf(key -> Objects.equals(get(key), before.get(key)));
        return keys;
    }

    /** Returns the map without the last changes. */
    Map<K, V> large() {
        return large;
    }

    private final class Values extends AbstractCollection<V> {
        @Override
        public Iterator<V> iterator() {
            return Stream.concat(
                            large.entrySet().stream()
                                    .filter(entry -> !changed.containsKey(entry.getKey()))
                                    .map(Map.Entry::getValue),
                            changed.values().stream().flatMap(Optional::stream))
                    .iterator();
        }

        @Override
        public int size() {
            return size;
        }
    }
}
