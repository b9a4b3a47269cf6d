package io.gatehouse.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which one entity is meant.
 *
 * @param idOrKey its id, or the value of its key field
 * @param parentField when given, the entity must reference {@code parentId} through this field
 */
public record Selector(
        String idOrKey,
        @Nullable String parentField,
        @Nullable UUID parentId) {

    public static Selector of(String idOrKey) {
        return new Selector(idOrKey, null, null);
    }

    /** The same entity, only if it belongs to the parent. */
    public Selector below(String field, UUID parent) {
        return new Selector(idOrKey, field, parent);
    }
}
