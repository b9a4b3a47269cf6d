package io.gatehouse.entity;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration as it was at one moment, or what became of it since another, for nodes that never see the database.
 *
 * @param since the version to which this has to be added; 0: to nothing, this is everything
 * @param version rises with every change
 * @param entities those that are new or different, by the name of their schema; of consumers always all that a plugin
 *     names as {@code anonymous}, and no others
 * @param removed ids of those that are gone, by the name of their schema
 */
public record CatalogSnapshot(
        long since,
        long version,
        Map<String, List<Map<String, @Nullable Object>>> entities,
        Map<String, List<String>> removed) {

    /** What is there of a kind. */
    public List<Map<String, @Nullable Object>> of(EntitySchema schema) {
        return entities.getOrDefault(schema.name(), List.of());
    }
}
