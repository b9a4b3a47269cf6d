package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.Texts;
import io.gatehouse.syntax.RouteSyntax;
import java.util.List;

/** Declares server names (RFC 6066 §3) and their certificates (docs/reference/admin-api.md#entities). */
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

    /** Restricts a field to a host name whose first or last label can be {@code *}, or to {@code *} for every name. */
    static Field name(Field field) {
        return field.lengthAtMost(Texts.MAX_HOST)
                .format("server-name")
                .check(name -> RouteSyntax.serverNameViolation((String) name));
    }
}
