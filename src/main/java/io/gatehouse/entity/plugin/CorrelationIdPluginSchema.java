package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Declares the {@code correlation-id} plugin's configuration. */
final class CorrelationIdPluginSchema {
    /** Headers that frame or route a message. An id must not replace them. */
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
            true);

    private CorrelationIdPluginSchema() {}
}
