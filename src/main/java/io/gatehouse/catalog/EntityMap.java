package io.gatehouse.catalog;

import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Holds the entities of one type in a catalog, by id.
 *
 * <p><i>Invariant</i>: immutable, and the same object while no entity changes, so that an index made of them can be kept.
 */
final class EntityMap<T> {
    private final EntitySchema schema;
    private final Function<Document, T> reader;
    private final Map<UUID, T> byId;

    private EntityMap(EntitySchema schema, Function<Document, T> reader, Map<UUID, T> byId) {
        this.schema = schema;
        this.reader = reader;
        this.byId = byId;
    }

    static <T> EntityMap<T> of(EntitySchema schema, Function<Document, T> reader) {
        return new EntityMap<>(schema, reader, Map.of());
    }

    /** Applies the entities that a snapshot adds, replaces and removes. */
    EntityMap<T> with(CatalogSnapshot changes) {
        List<Map<String, @Nullable Object>> written = changes.of(schema);
        List<String> removed = changes.removed().getOrDefault(schema.name(), List.of());
        if (written.isEmpty() && removed.isEmpty()) {
            return this;
        }
        Map<UUID, T> all = new LinkedHashMap<>(byId);
        removed.forEach(id -> all.remove(UUID.fromString(id)));
        for (Map<String, @Nullable Object> values : written) {
            Document document = new Document(values);
            all.put(document.id(), reader.apply(document));
        }
        return new EntityMap<>(schema, reader, all);
    }

    /** Replaces each entity by what the function returns for it; the same map if it returns each entity itself. */
    EntityMap<T> replaced(UnaryOperator<T> replacement) {
        Map<UUID, T> all = new LinkedHashMap<>();
        boolean isChanged = false;
        for (Map.Entry<UUID, T> entry : byId.entrySet()) {
            T replaced = replacement.apply(entry.getValue());
            isChanged |= replaced != entry.getValue();
            all.put(entry.getKey(), replaced);
        }
        return isChanged ? new EntityMap<>(schema, reader, all) : this;
    }

    /** Returns the ids of the entities that an earlier version has not, or has otherwise, and of those that it alone has. */
    Set<UUID> changedSince(EntityMap<T> before) {
        if (this == before) {
            return new HashSet<>();
        }
        Set<UUID> changed = new HashSet<>();
        byId.forEach((id, entity) -> {
            if (!entity.equals(before.byId.get(id))) {
                changed.add(id);
            }
        });
        before.byId.keySet().stream().filter(id -> !byId.containsKey(id)).forEach(changed::add);
        return changed;
    }

    Map<UUID, T> byId() {
        return byId;
    }

    @Nullable
    T get(@Nullable UUID id) {
        return id == null ? null : byId.get(id);
    }
}
