package io.gatehouse.store.entity;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Refers to one entity.
 *
 * @param idOrKey its id, or the value of its key field
 * @param parentField when given, the entity must reference {@code parentId} through this field
 */
public record EntityRef(
        String idOrKey,
        @Nullable String parentField,
        @Nullable UUID parentId) {

    public static EntityRef of(String idOrKey) {
        return new EntityRef(idOrKey, null, null);
    }

    /** A reference to another entity of the same parent. */
    EntityRef to(UUID id) {
        return new EntityRef(id.toString(), parentField, parentId);
    }

    /** Limits the reference to an entity of the parent. */
    public EntityRef below(String field, UUID parent) {
        return new EntityRef(idOrKey, field, parent);
    }
}
