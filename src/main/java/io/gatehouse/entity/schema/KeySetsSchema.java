package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares sets of keys (docs/reference/admin-api.md#keys). */
final class KeySetsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "key_sets",
                    "name",
                    List.of(
                            CommonFields.id(),
                            Field.string("name").unique().lengthAtMost(CommonFields.MAX_KEY_LENGTH),
                            CommonFields.tags(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt()))
            .at("key-sets", "key-sets")
            .outsideCatalog();

    private KeySetsSchema() {}
}
