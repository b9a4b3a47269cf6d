package io.gatehouse.catalog;

import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import java.util.Collection;
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
    private final LayeredMap<UUID, T> byId;

    private EntityMap(EntitySchema schema, Function<Document, T> reader, LayeredMap<UUID, T> byId) {
        this.schema = schema;
        this.reader = reader;
        this.byId = byId;
    }

    static <T> EntityMap<T> of(EntitySchema schema, Function<Document, T> reader) {
        return new EntityMap<>(schema, reader, LayeredMap.of(Map.of()));
    }

    /** Applies the entities that a snapshot adds, replaces and removes. */
    EntityMap<T> with(CatalogSnapshot changes) {
        List<UUID> removed = changes.removed().getOrDefault(schema.name(), List.of()).stream()
                .map(UUID::fromString)
                .toList();
        Map<UUID, T> written = new LinkedHashMap<>();
        for (Map<String, @Nullable Object> values : changes.of(schema)) {
            Document document = new Document(values);
            written.put(document.id(), reader.apply(document));
        }
        LayeredMap<UUID, T> next = byId.with(written, removed);
        return next == byId ? this : new EntityMap<>(schema, reader, next);
    }

    /** Replaces each entity by what the function returns for it; the same map if it returns each entity itself. */
    EntityMap<T> replaced(Function<T, UUID> id, UnaryOperator<T> replacement) {
        Map<UUID, T> all = new LinkedHashMap<>();
        boolean isChanged = false;
        for (T entity : byId.values()) {
            T replaced = replacement.apply(entity);
            isChanged |= replaced != entity;
            all.put(id.apply(entity), replaced);
        }
        return isChanged ? new EntityMap<>(schema, reader, LayeredMap.of(all)) : this;
    }

    /** Returns the ids of the entities that an earlier version has not, or has otherwise, and of those that it alone has. */
    Set<UUID> changedSince(EntityMap<T> before) {
        return byId.changedSince(before.byId);
    }

    Collection<T> values() {
        return byId.values();
    }

    @Nullable
    T get(@Nullable UUID id) {
        return byId.get(id);
    }
}
