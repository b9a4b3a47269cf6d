package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.util.List;

/** Declares vaults (docs/reference/admin-api.md#vaults): names for sources of secrets, which references use. */
final class VaultsSchema {
    /** The only type: the environment of each node. */
    static final String ENVIRONMENT = "env";

    private static final TextPattern PREFIX = TextPattern.of("[a-z][a-z0-9-]*[a-z0-9]");
    private static final TextPattern VARIABLE = TextPattern.of("[A-Za-z_-][A-Za-z0-9_-]*");

    static final EntitySchema SCHEMA = EntitySchema.of(
            "vaults",
            "prefix",
            List.of(
                    CommonFields.id(),
                    Field.string("prefix")
                            .required()
                            .unique()
                            .lengthAtMost(CommonFields.MAX_KEY_LENGTH)
                            .notOneOf(ENVIRONMENT)
                            .matching("^[a-z][a-z%d-]-[a-z%d]+$", PREFIX),
                    Field.string("name")
                            .required()
                            .decisive()
                            .pattern(TextPattern.of(ENVIRONMENT), name -> "vault '" + name + "' is not installed"),
                    Field.string("description"),
                    Field.record("config", Field.string("prefix").matching("^[%a_-][%a%d_-]*$", VARIABLE)),
                    CommonFields.createdAt(),
                    CommonFields.updatedAt(),
                    CommonFields.tags()));

    private VaultsSchema() {}
}
