package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminException;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the lifetime of a new or changed entity. In Kong it is an option of the request, and no field of the entity. */
final class Lifetimes {
    private Lifetimes() {}

    /**
     * Rejects a lifetime that is no number of seconds within the bounds.
     *
     * @throws AdminException before any field of the entity is checked
     */
    static void requireValid(EntitySchema schema, Map<String, @Nullable Object> given) {
        for (Field field : schema.fields()) {
            Object lifetime = field.secondsUntil().isPresent() ? given.get(field.name()) : null;
            if (lifetime != null && !field.accepts(lifetime)) {
                throw AdminError.invalidOption(
                        field.name(), "must be an integer between 0 and " + CommonFields.MAX_TTL);
            }
        }
    }
}
