package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the {@code request-termination} plugin's configuration. */
final class RequestTerminationPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "request-termination",
            "0.1.0",
            2,
            List.of(
                    Field.integer("status_code")
                            .required()
                            // Stricter than Kong: after a status of 1xx, clients wait for a final response (RFC 9110
                            // §15.2).
                            .between(200, 599)
                            .defaultTo(503L),
                    Field.string("message"),
                    CommonFields.headerText(Field.string("content_type")),
                    Field.string("body"),
                    Field.bool("echo").required().defaultTo(false),
                    CommonFields.headerName(Field.string("trigger"))),
            List.of(EntityCheck.ofRecord("message_or_body", RequestTerminationPluginSchema::exclusionViolation)),
            true);

    private RequestTerminationPluginSchema() {}

    private static @Nullable String exclusionViolation(Document config) {
        boolean ownBody = EntityCheck.anySet(config, "content_type", "body");
        if (ownBody && EntityCheck.anySet(config, "message")) {
            return "message cannot be used with content_type or body";
        }
        if (EntityCheck.anySet(config, "content_type") && !EntityCheck.anySet(config, "body")) {
            return "content_type requires a body";
        }
        return ownBody && config.flag("echo") ? "echo cannot be used with content_type and body" : null;
    }
}
