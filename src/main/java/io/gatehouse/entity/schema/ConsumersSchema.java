package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares Consumers (docs/reference/admin-api.md#entities). */
final class ConsumersSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
            "consumers",
            "username",
            List.of(
                    CommonFields.id(),
                    CommonFields.createdAt(),
                    CommonFields.updatedAt(),
                    // Upstreams receive both values in headers.
                    CommonFields.headerText(Field.string("username"))
                            .lengthAtMost(CommonFields.MAX_KEY_LENGTH)
                            .unique(),
                    CommonFields.headerText(Field.string("custom_id"))
                            .lengthAtMost(CommonFields.MAX_KEY_LENGTH)
                            .unique()
                            .filterable(),
                    CommonFields.tags()),
            EntityCheck.atLeastOneOf("custom_id", "username"));

    private ConsumersSchema() {}
}
