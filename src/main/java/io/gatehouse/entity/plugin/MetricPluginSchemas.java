package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.LogFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Declares the configurations of the plugins that send metrics of requests to a server. */
final class MetricPluginSchemas {
    /** Kong has no such limit. Each metric is a line for each request. */
    private static final int MAX_METRICS = 100;

    private static final int MAX_RANGE = 20;

    /** The types whose value is meaningless without a rate. */
    private static final List<String> SAMPLED = List.of("counter", "gauge");

    private static final List<EntityCheck> METRIC_CHECKS = List.of(EntityCheck.conditional(
            "stat_type",
            "sample_rate",
            "required field missing",
            metric -> SAMPLED.contains(metric.string("stat_type")) && metric.get("sample_rate") == null));

    private static final List<String> APP_TAG = List.of("app:kong");

    static final PluginSchema STATSD = new PluginSchema(
            "statsd",
            "0.1.0",
            11,
            List.of(
                    LogFields.host().defaultTo("localhost"),
                    LogFields.port().defaultTo(8_125L),
                    name("prefix").defaultTo("kong"),
                    Field.array("metrics", statsdMetric())
                            .lengthAtMost(MAX_METRICS)
                            .defaultTo(List.of(
                                    counter("request_count"),
                                    metric("latency", "timer"),
                                    counter("request_size"),
                                    counter("status_count"),
                                    counter("response_size"),
                                    metric("unique_users", "set"),
                                    counter("request_per_user"),
                                    metric("upstream_latency", "timer"),
                                    metric("kong_latency", "timer"),
                                    counter("status_count_per_user"),
                                    counter("status_count_per_workspace"),
                                    counter("status_count_per_user_per_route"),
                                    with(metric("shdict_usage", "gauge"), "sample_rate", 1L))),
                    Field.array(
                            "allow_status_codes",
                            Field.element()
                                    .lengthAtMost(MAX_RANGE)
                                    .matching("^[0-9]+-[0-9]+$", TextPattern.of("[0-9]+-[0-9]+"))),
                    Field.number("udp_packet_size").between(0, 65_507).defaultTo(0L),
                    Field.bool("use_tcp").defaultTo(false),
                    Field.bool("hostname_in_prefix").defaultTo(false),
                    consumerIdentifier("consumer_identifier_default").required().defaultTo("custom_id"),
                    serviceIdentifier("service_identifier_default").required().defaultTo("service_name_or_host"),
                    workspaceIdentifier("workspace_identifier_default")
                            .required()
                            .defaultTo("workspace_id"),
                    // Deprecated in Kong. The first has no effect there either; the others precede the queue.
                    Field.integer("retry_count"),
                    LogFields.batchSize("queue_size"),
                    LogFields.batchDelay(Field.number("flush_timeout")),
                    Field.string("tag_style").oneOf("dogstatsd", "influxdb", "librato", "signalfx"),
                    LogFields.queue()),
            List.of(),
            true);

    static final PluginSchema DATADOG = new PluginSchema(
            "datadog",
            "0.1.0",
            10,
            List.of(
                    LogFields.host().referenceable().defaultTo("localhost"),
                    LogFields.port().defaultTo(8_125L),
                    name("prefix").defaultTo("kong"),
                    name("service_name_tag").defaultTo("name"),
                    name("status_tag").defaultTo("status"),
                    name("consumer_tag").defaultTo("consumer"),
                    Field.integer("retry_count"),
                    LogFields.batchSize("queue_size"),
                    LogFields.batchDelay(Field.number("flush_timeout")),
                    LogFields.queue(),
                    Field.array("metrics", datadogMetric())
                            .required()
                            .lengthAtMost(MAX_METRICS)
                            .defaultTo(Stream.of(
                                            counter("request_count"),
                                            metric("latency", "timer"),
                                            metric("request_size", "timer"),
                                            metric("response_size", "timer"),
                                            metric("upstream_latency", "timer"),
                                            metric("kong_latency", "timer"))
                                    .map(metric -> with(metric, "tags", APP_TAG))
                                    .map(metric -> with(metric, "consumer_identifier", "custom_id"))
                                    .toList())),
            List.of(),
            true);

    private MetricPluginSchemas() {}

    private static Field statsdMetric() {
        return metric(
                Field.string("name")
                        .required()
                        .oneOf(
                                "kong_latency",
                                "latency",
                                "request_count",
                                "request_per_user",
                                "request_size",
                                "response_size",
                                "status_count",
                                "status_count_per_user",
                                "unique_users",
                                "upstream_latency",
                                "status_count_per_workspace",
                                "status_count_per_user_per_route",
                                "shdict_usage"),
                Field.string("stat_type").required().oneOf("counter", "gauge", "histogram", "meter", "set", "timer"),
                Field.number("sample_rate").greaterThan(0),
                consumerIdentifier("consumer_identifier"),
                serviceIdentifier("service_identifier"),
                workspaceIdentifier("workspace_identifier"));
    }

    private static Field datadogMetric() {
        return metric(
                Field.string("name")
                        .required()
                        .oneOf(
                                "kong_latency",
                                "latency",
                                "request_count",
                                "request_size",
                                "response_size",
                                "upstream_latency"),
                Field.string("stat_type")
                        .required()
                        .oneOf("counter", "gauge", "histogram", "meter", "set", "timer", "distribution"),
                Field.array(
                                "tags",
                                Field.element()
                                        .lengthAtMost(CommonFields.MAX_KEY_LENGTH)
                                        .matching("^.*[^:]$", TextPattern.of("[^\\x00]*[^:]")))
                        .lengthAtMost(MAX_METRICS),
                Field.number("sample_rate").between(0, 1),
                consumerIdentifier("consumer_identifier"));
    }

    private static Field metric(Field... fields) {
        return Field.record("", fields).checkedBy(METRIC_CHECKS);
    }

    private static Field name(String name) {
        return Field.string(name).lengthAtMost(CommonFields.MAX_KEY_LENGTH);
    }

    private static Field consumerIdentifier(String name) {
        return Field.string(name).oneOf("consumer_id", "custom_id", "username");
    }

    private static Field serviceIdentifier(String name) {
        return Field.string(name).oneOf("service_id", "service_name", "service_host", "service_name_or_host");
    }

    private static Field workspaceIdentifier(String name) {
        return Field.string(name).oneOf("workspace_id", "workspace_name");
    }

    private static Map<String, Object> counter(String name) {
        return with(metric(name, "counter"), "sample_rate", 1L);
    }

    private static Map<String, Object> metric(String name, String type) {
        return with(with(Map.of(), "name", name), "stat_type", type);
    }

    /** Adds a member. The order remains, because clients read the defaults. */
    private static Map<String, Object> with(Map<String, Object> metric, String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(metric);
        more.put(member, value);
        return Collections.unmodifiableMap(more);
    }
}
