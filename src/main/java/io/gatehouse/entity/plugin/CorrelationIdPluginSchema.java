package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The {@code correlation-id} plugin's configuration. */
final class CorrelationIdPluginSchema {
    /** What says where a message ends or goes would no longer say so with an id in its place. */
    private static final Set<String> TAKEN =
            Set.of("connection", "content-length", "expect", "host", "te", "trailer", "transfer-encoding", "upgrade");

    static final PluginSchema SCHEMA = new PluginSchema(
            "correlation-id",
            "0.1.0",
            100_001,
            List.of(
                    CommonFields.headerName(Field.string("header_name"))
                            .matches(
                                    name -> !TAKEN.contains(name.toLowerCase(Locale.ROOT)),
                                    name -> "header '" + name + "' cannot carry an id")
                            .defaultTo("Kong-Request-ID"),
                    Field.string("generator")
                            .required()
                            .oneOf("uuid", "uuid#counter", "tracker")
                            .defaultTo("uuid#counter"),
                    Field.bool("echo_downstream").required().defaultTo(false)),
            List.of(),
            false);

    private CorrelationIdPluginSchema() {}
}
