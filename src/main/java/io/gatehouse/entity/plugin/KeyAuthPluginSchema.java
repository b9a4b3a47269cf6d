package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code key-auth} plugin's configuration. */
final class KeyAuthPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "key-auth",
            "0.1.0",
            1250,
            List.of(
                    Field.array("key_names", CommonFields.headerName(Field.element()))
                            .required()
                            .defaultTo(List.of("apikey")),
                    Field.bool("hide_credentials").required().defaultTo(false),
                    CommonFields.anonymous(),
                    Field.bool("key_in_header").required().defaultTo(true),
                    Field.bool("key_in_query").required().defaultTo(true),
                    Field.bool("key_in_body").required().defaultTo(false),
                    Field.bool("run_on_preflight").required().defaultTo(true),
                    CommonFields.realm()),
            List.of(),
            false);

    private KeyAuthPluginSchema() {}
}
