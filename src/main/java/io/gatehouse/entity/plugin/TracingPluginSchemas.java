package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.LogFields;
import io.gatehouse.entity.plugin.field.ZipkinTags;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Declares the configurations of the plugins that trace requests. */
final class TracingPluginSchemas {
    private static final List<String> FORMATS = List.of("w3c", "b3", "jaeger", "ot", "datadog", "aws", "gcp");
    private static final String B3_SINGLE = "b3-single";
    private static final Set<String> FRAMING =
            Set.of("connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade");

    static final PluginSchema ZIPKIN = new PluginSchema(
            "zipkin",
            "0.1.0",
            100_000,
            List.of(
                    Field.string("local_service_name").required().defaultTo("kong"),
                    LogFields.url("http_endpoint"),
                    Field.number("sample_ratio").between(0, 1).defaultTo(0.001),
                    Field.string("default_service_name"),
                    Field.bool("include_credential").required().defaultTo(true),
                    Field.integer("traceid_byte_count")
                            .required()
                            .oneOf(8L, 16L)
                            .defaultTo(16L),
                    headerType().required(),
                    Field.string("default_header_type")
                            .required()
                            .oneOf("b3", B3_SINGLE, "w3c", "jaeger", "ot", "aws", "datadog", "gcp")
                            .defaultTo("b3"),
                    CommonFields.headerName(Field.string("tags_header"))
                            .required()
                            .defaultTo("Zipkin-Tags"),
                    Field.array(
                                    "static_tags",
                                    Field.record(
                                            "",
                                            Field.string("name").required().notOneOf(ZipkinTags.OF_GATEWAY.toArray()),
                                            Field.string("value").required()))
                            .check(TracingPluginSchemas::tagsViolation),
                    Field.string("http_span_name")
                            .required()
                            .oneOf("method", "method_path")
                            .defaultTo("method"),
                    CommonFields.timeout("connect_timeout").defaultTo(2_000L),
                    CommonFields.timeout("send_timeout").defaultTo(5_000L),
                    CommonFields.timeout("read_timeout").defaultTo(5_000L),
                    responseHeader(),
                    Field.string("phase_duration_flavor")
                            .required()
                            .oneOf("annotations", "tags")
                            .defaultTo("annotations"),
                    LogFields.queue(),
                    propagation("b3")),
            List.of(),
            true);

    static final PluginSchema OPENTELEMETRY = new PluginSchema(
            "opentelemetry",
            "0.1.0",
            14,
            List.of(
                    LogFields.url("traces_endpoint").referenceable(),
                    LogFields.url("logs_endpoint")
                            .referenceable()
                            .forbidden("not supported: the gateway writes its log to standard output"),
                    Field.map(
                                    "headers",
                                    CommonFields.headerName(Field.element()),
                                    CommonFields.headerText(Field.element().referenceable()))
                            .check(TracingPluginSchemas::headersViolation),
                    Field.map(
                            "resource_attributes",
                            Field.element().lengthAtLeast(1),
                            Field.element()
                                    .lengthAtLeast(1)
                                    .matches(
                                            text -> !text.contains("$("),
                                            text -> "not supported: the gateway runs no Lua")),
                    LogFields.queue(200),
                    // Deprecated in Kong. They precede the queue.
                    LogFields.batchSize("batch_span_count"),
                    LogFields.batchDelay(Field.integer("batch_flush_delay")),
                    CommonFields.timeout("connect_timeout").defaultTo(1_000L),
                    CommonFields.timeout("send_timeout").defaultTo(5_000L),
                    CommonFields.timeout("read_timeout").defaultTo(5_000L),
                    responseHeader(),
                    headerType(),
                    Field.number("sampling_rate").between(0, 1),
                    propagation("w3c")),
            List.of(),
            true,
            List.of(EntityCheck.atLeastOneOf("config.traces_endpoint", "config.logs_endpoint")));

    private TracingPluginSchemas() {}

    /** Declares the header in which the client receives the id of the trace. */
    private static Field responseHeader() {
        return CommonFields.headerName(Field.string("http_response_header_for_traceid"))
                .matches(
                        name -> !FRAMING.contains(name.toLowerCase(Locale.ROOT)),
                        name -> "header '" + name + "' cannot carry an id");
    }

    private static @Nullable Object headersViolation(Object headers) {
        for (Object name : ((Map<?, ?>) headers).keySet()) {
            if (FRAMING.contains(((String) name).toLowerCase(Locale.ROOT))) {
                return "cannot contain '" + name + "' header";
            }
        }
        return null;
    }

    /** Declares the field that {@code propagation} has replaced in Kong. It counts where {@code propagation} is not set. */
    private static Field headerType() {
        return Field.string("header_type")
                .oneOf("preserve", "ignore", "b3", B3_SINGLE, "w3c", "jaeger", "ot", "aws", "datadog", "gcp")
                .defaultTo("preserve");
    }

    private static Field propagation(String defaultFormat) {
        Object[] written = Stream.concat(FORMATS.stream(), Stream.of(B3_SINGLE)).toArray();
        Object[] wanted =
                Stream.concat(Stream.of("preserve"), Stream.of(written)).toArray();
        return Field.record(
                        "propagation",
                        Field.array("extract", Field.element().oneOf(FORMATS.toArray())),
                        Field.array("clear", CommonFields.headerName(Field.element())),
                        Field.array("inject", Field.element().oneOf(wanted)),
                        Field.string("default_format").required().oneOf(written).defaultTo(defaultFormat))
                .required();
    }

    private static @Nullable Object tagsViolation(Object tags) {
        Set<Object> names = new HashSet<>();
        for (Object tag : (List<?>) tags) {
            Object name = ((Map<?, ?>) tag).get("name");
            if (!names.add(name)) {
                return "repeated tags are not allowed: " + name;
            }
        }
        return null;
    }
}
