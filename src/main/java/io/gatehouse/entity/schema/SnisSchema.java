package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.syntax.RouteSyntax;
import java.util.List;

/** Server names (RFC 6066 §3) and the certificate shown for each (docs/reference/admin-api.md#entities). */
final class SnisSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
            "snis",
            "name",
            List.of(
                    CommonFields.id(),
                    CommonFields.createdAt(),
                    CommonFields.updatedAt(),
                    name(Field.string("name")).required().unique(),
                    Field.foreign("certificate", "certificates", OnDelete.CASCADE)
                            .required(),
                    CommonFields.tags()));

    private SnisSchema() {}

    /** A host name, which may have a {@code *} for its first or last label, or {@code *} for every name. */
    static Field name(Field field) {
        return field.lengthAtMost(253)
                .matches(
                        name -> name.equals("*") || (name.indexOf(':') < 0 && RouteSyntax.hostViolation(name) == null),
                        name -> "invalid value: " + name);
    }
}
