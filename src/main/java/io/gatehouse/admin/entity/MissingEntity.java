package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminException;
import io.gatehouse.schema.EntitySchema;

/** Creates the error of a path that names no entity. */
final class MissingEntity {
    private MissingEntity() {}

    /** Returns whether the path names a certificate by an SNI. Kong rejects a {@code DELETE} of an unknown name, too. */
    static boolean isNamedByChild(EntitySchema schema, String idOrKey) {
        return schema.key() == null
                && schema.fields().stream().anyMatch(field -> field.keysOf().isPresent())
                && EntityWriter.uuid(idOrKey).isEmpty();
    }

    static AdminException of(EntitySchema schema, String idOrKey) {
        return isNamedByChild(schema, idOrKey)
                ? AdminError.NOT_FOUND.exception("SNI not found")
                : AdminError.NOT_FOUND.exception();
    }
}
