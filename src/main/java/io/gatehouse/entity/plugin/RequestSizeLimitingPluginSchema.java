package io.gatehouse.entity.plugin;

import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code request-size-limiting} plugin's configuration. */
final class RequestSizeLimitingPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "request-size-limiting",
            "0.1.0",
            951,
            List.of(
                    // Stricter than Kong, which accepts a negative size: it would reject each request with a body.
                    Field.integer("allowed_payload_size")
                            .between(0, Integer.MAX_VALUE)
                            .defaultTo(128L),
                    Field.string("size_unit")
                            .required()
                            .oneOf("megabytes", "kilobytes", "bytes")
                            .defaultTo("megabytes"),
                    Field.bool("require_content_length").required().defaultTo(false)),
            List.of(),
            true);

    private RequestSizeLimitingPluginSchema() {}
}
