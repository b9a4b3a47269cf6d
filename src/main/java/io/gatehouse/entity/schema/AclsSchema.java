package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the groups of Consumers: {@code /acls} and {@code /consumers/{c}/acls}. */
final class AclsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "acls",
                    "group",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.consumer(),
                            CommonFields.group(Field.string("group"))
                                    .required()
                                    .lengthAtMost(CommonFields.MAX_KEY_LENGTH),
                            CommonFields.tags()))
            .uniqueTogether("consumer", "group")
            .outsideCatalog();

    private AclsSchema() {}
}
