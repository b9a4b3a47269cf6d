package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code basic-auth} plugin's configuration. */
final class BasicAuthPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "basic-auth",
            "0.1.0",
            1100,
            List.of(
                    CommonFields.anonymous(),
                    Field.bool("hide_credentials").required().defaultTo(false),
                    CommonFields.realm().required().defaultTo("service")),
            List.of(),
            false);

    private BasicAuthPluginSchema() {}
}
