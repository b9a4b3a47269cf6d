package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminException;
import io.gatehouse.schema.EntitySchema;

/** Creates the error of a path that names no entity. */
final class MissingEntity {
    private MissingEntity() {}

    /** Returns whether the path names a certificate by an SNI. Kong rejects a {@code DELETE} of an unknown name, too. */
    static boolean isNamedByChild(EntitySchema schema, String idOrKey) {
        return schema.isFoundByChild() && EntityWriter.uuid(idOrKey).isEmpty();
    }

    /**
     * Rejects a path whose last segment is neither an id nor a key.
     *
     * @param isBelowParent whether a key that is unique among the children of one parent names an entity
     */
    static void requireName(EntitySchema schema, String idOrKey, boolean isBelowParent) {
        if (schema.isFoundByIdAlone(isBelowParent) && EntityWriter.uuid(idOrKey).isEmpty()) {
            throw AdminError.INVALID_PRIMARY_KEY.malformedId();
        }
    }

    /** Returns Kong's error of a change of a missing entity. */
    static AdminException toChange(EntitySchema schema, String idOrKey) {
        String key = schema.key();
        return AdminError.ENTITY_NOT_FOUND.missing(
                key == null || EntityWriter.uuid(idOrKey).isPresent() ? "id" : key, idOrKey);
    }

    static AdminException of(EntitySchema schema, String idOrKey) {
        return isNamedByChild(schema, idOrKey)
                ? AdminError.NOT_FOUND.exception("SNI not found")
                : AdminError.NOT_FOUND.exception();
    }
}
