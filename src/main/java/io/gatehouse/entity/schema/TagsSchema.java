package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;

/** Describes the rows of {@code /tags}, which are read only and have no table. */
final class TagsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "tags",
                    null,
                    List.of(
                            CommonFields.tag(Field.string("tag")).required(),
                            Field.string("entity_name").required(),
                            Field.string("entity_id").required().uuid()))
            .outsideCatalog();

    private TagsSchema() {}
}
