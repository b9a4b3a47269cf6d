package io.gatehouse.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration as it was at one moment, or what became of it since another, for nodes that never see the database.
 *
 * @param epoch the history that the versions belong to; another one: the database was restored or failed over
 * @param since the version to which this has to be added; 0: to nothing, this is everything
 * @param version rises with every change
 * @param entities those that are new or different, by the name of their schema; of consumers always all that a plugin
 *     names as {@code anonymous}, and no others
 * @param removed ids of those that are gone, by the name of their schema
 */
public record CatalogSnapshot(
        String epoch,
        long since,
        long version,
        Map<String, List<Map<String, @Nullable Object>>> entities,
        Map<String, List<String>> removed) {

    /** One snapshot of several, each of which goes on where the one before ends. */
    public static CatalogSnapshot joined(List<CatalogSnapshot> parts) {
        Map<String, Map<String, Map<String, @Nullable Object>>> byKind = new LinkedHashMap<>();
        long version = parts.get(0).since();
        for (CatalogSnapshot part : parts) {
            if (part.since() != version) {
                throw new IllegalArgumentException("changes since " + part.since() + " do not go on from " + version);
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
                    // Of these each snapshot has all that count.
                    byId.clear();
                }
                entities.forEach(entity -> byId.put(String.valueOf(entity.get("id")), entity));
            });
        }
        Map<String, List<Map<String, @Nullable Object>>> entities = new LinkedHashMap<>();
        byKind.forEach((kind, byId) -> entities.put(kind, List.copyOf(byId.values())));
        return new CatalogSnapshot(parts.get(0).epoch(), parts.get(0).since(), version, entities, Map.of());
    }

    /** What is there of a kind. */
    public List<Map<String, @Nullable Object>> of(EntitySchema schema) {
        return entities.getOrDefault(schema.name(), List.of());
    }
}
