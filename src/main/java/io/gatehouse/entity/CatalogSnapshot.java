package io.gatehouse.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds a version of the configuration, complete or as a difference, for nodes without a database connection.
 *
 * @param epoch the history of the versions; another epoch means that the database was restored or failed over
 * @param since the version that this difference is based on; 0 if the snapshot is complete
 * @param version increases with every change
 * @param entities the new and changed entities by schema name; of Consumers always all that a plugin names as
 *     {@code anonymous}, and no others
 * @param removed the ids of the removed entities by schema name
 */
public record CatalogSnapshot(
        String epoch,
        long since,
        long version,
        Map<String, List<Map<String, @Nullable Object>>> entities,
        Map<String, List<String>> removed) {

    /** Joins several snapshots, each of which is based on the one before it. */
    public static CatalogSnapshot joined(List<CatalogSnapshot> parts) {
        Map<String, Map<String, Map<String, @Nullable Object>>> byKind = new LinkedHashMap<>();
        long version = parts.get(0).since();
        for (CatalogSnapshot part : parts) {
            if (part.since() != version) {
                throw new IllegalArgumentException(
                        "changes since " + part.since() + " do not follow version " + version);
            }
            version = part.version();
            part.removed()
                    .forEach((kind, ids) ->
                            ids.forEach(id -> byKind.computeIfAbsent(kind, first -> new LinkedHashMap<>())
                                    .remove(id)));
            part.entities().forEach((kind, entities) -> {
                Map<String, Map<String, @Nullable Object>> byId =
                        byKind.computeIfAbsent(kind, first -> new LinkedHashMap<>());
                if (kind.equals(EntitySchemas.CONSUMERS.name())) {
                    // Each snapshot contains all of these Consumers.
                    byId.clear();
                }
                entities.forEach(entity -> byId.put(String.valueOf(entity.get("id")), entity));
            });
        }
        Map<String, List<Map<String, @Nullable Object>>> entities = new LinkedHashMap<>();
        byKind.forEach((kind, byId) -> entities.put(kind, List.copyOf(byId.values())));
        return new CatalogSnapshot(parts.get(0).epoch(), parts.get(0).since(), version, entities, Map.of());
    }

    /** Returns the entities of a schema. */
    public List<Map<String, @Nullable Object>> of(EntitySchema schema) {
        return entities.getOrDefault(schema.name(), List.of());
    }
}
