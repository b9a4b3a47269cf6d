package io.gatehouse.entity.plugin;

import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code grpc-web} plugin's configuration. */
final class GrpcWebPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "grpc-web",
            "0.1.0",
            3,
            List.of(
                    // Accepted for compatibility with Kong's configurations: messages are not transcoded.
                    Field.string("proto"),
                    Field.bool("pass_stripped_path"),
                    Field.string("allow_origin_header").defaultTo("*")),
            List.of(),
            true);

    private GrpcWebPluginSchema() {}
}
