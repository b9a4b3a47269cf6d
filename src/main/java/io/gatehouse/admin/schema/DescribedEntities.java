package io.gatehouse.admin.schema;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Declares the entities that {@code /schemas} describes although clients cannot write them: tags, the audit trail and the only
 * workspace.
 */
final class DescribedEntities {
    private static final EntitySchema WORKSPACES = EntitySchema.of(
            "workspaces",
            "name",
            List.of(
                    CommonFields.id(),
                    CommonFields.name().required(),
                    Field.string("comment"),
                    CommonFields.createdAt(),
                    CommonFields.updatedAt(),
                    Field.record("meta"),
                    Field.record("config")));

    private DescribedEntities() {}

    static Optional<EntitySchema> find(String name) {
        return Stream.of(EntitySchemas.TAGS, EntitySchemas.AUDIT_REQUESTS, WORKSPACES)
                .filter(schema -> schema.name().equals(name))
                .findFirst();
    }
}
