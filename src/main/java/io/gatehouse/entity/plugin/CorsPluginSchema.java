package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.OriginPattern;
import java.util.List;

/** Declares the {@code cors} plugin's configuration. */
final class CorsPluginSchema {
    private static final Object[] METHODS = {
        "HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"
    };

    static final PluginSchema SCHEMA = new PluginSchema(
            "cors",
            "0.1.0",
            2000,
            List.of(
                    Field.array(
                            "origins",
                            CommonFields.headerText(Field.element())
                                    .format("origin-pattern")
                                    .check(origin -> OriginPattern.violation((String) origin))),
                    Field.array("headers", CommonFields.headerText(Field.element())),
                    Field.array("exposed_headers", CommonFields.headerText(Field.element())),
                    Field.array("methods", Field.element().oneOf(METHODS))
                            .defaultTo(List.of(
                                    "GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT")),
                    Field.number("max_age"),
                    Field.bool("credentials").required().defaultTo(false),
                    Field.bool("private_network").required().defaultTo(false),
                    Field.bool("preflight_continue").required().defaultTo(false),
                    Field.bool("allow_origin_absent").required().defaultTo(true)),
            List.of(),
            false);

    private CorsPluginSchema() {}
}
