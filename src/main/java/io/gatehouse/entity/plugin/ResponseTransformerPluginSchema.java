package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.TransformerFields;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code response-transformer} plugin's configuration. */
final class ResponseTransformerPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "response-transformer",
            "0.1.0",
            800,
            List.of(
                    Field.record("remove", TransformerFields.headerNames("headers"), TransformerFields.names("json"))
                            .required(),
                    Field.record("rename", TransformerFields.headerRenames("headers"), TransformerFields.pairs("json"))
                            .required(),
                    values("replace"),
                    values("add"),
                    values("append")),
            List.of(),
            true);

    private ResponseTransformerPluginSchema() {}

    private static Field values(String name) {
        return Field.record(
                        name,
                        TransformerFields.headerPairs("headers"),
                        TransformerFields.pairs("json"),
                        Field.array("json_types", Field.element().oneOf("boolean", "number", "string"))
                                .defaultTo(List.of()))
                .required();
    }
}
