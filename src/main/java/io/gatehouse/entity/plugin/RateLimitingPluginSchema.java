package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Declares the {@code rate-limiting} plugin's configuration. */
final class RateLimitingPluginSchema {
    /** From the shortest to the longest. */
    private static final List<String> PERIODS = List.of("second", "minute", "hour", "day", "month", "year");

    private static final String REQUIRED = "required field missing";

    static final PluginSchema SCHEMA = new PluginSchema(
            "rate-limiting",
            "0.1.0",
            910,
            fields(),
            List.of(EntityCheck.ofRecord("periods_order", RateLimitingPluginSchema::orderViolation)),
            true,
            List.of(
                    EntityCheck.atLeastOneOf(
                            PERIODS.stream().map(period -> "config." + period).toArray(String[]::new)),
                    required("policy", "redis", "redis.host"),
                    required("policy", "redis", "redis.port"),
                    required("policy", "redis", "redis.timeout"),
                    required("limit_by", "header", "header_name"),
                    required("limit_by", "path", "path")));

    private RateLimitingPluginSchema() {}

    private static List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        PERIODS.forEach(period -> fields.add(Field.number(period).greaterThan(0)));
        fields.add(Field.string("limit_by")
                .oneOf("consumer", "credential", "ip", "service", "header", "path")
                .defaultTo("consumer"));
        fields.add(CommonFields.headerName(Field.string("header_name")));
        fields.add(CommonFields.path("path"));
        fields.add(Field.string("policy").oneOf("local", "cluster", "redis").defaultTo("local"));
        fields.add(Field.bool("fault_tolerant").required().defaultTo(true));
        fields.add(redis());
        fields.add(Field.bool("hide_client_headers").required().defaultTo(false));
        // Stricter than Kong: other statuses are not errors, or no statuses.
        fields.add(Field.number("error_code").between(400, 599).whole().defaultTo(429L));
        fields.add(Field.string("error_message").defaultTo("API rate limit exceeded"));
        fields.add(Field.number("sync_rate").required().defaultTo(-1L));
        return fields;
    }

    /** Accepted for compatibility with Kong's configurations: the members of the cluster hold the counters of this policy, too. */
    private static Field redis() {
        return Field.record(
                        "redis",
                        CommonFields.host("host"),
                        CommonFields.port("port").defaultTo(6_379L),
                        CommonFields.timeout("timeout").defaultTo(2_000L),
                        Field.string("username").referenceable(),
                        Field.string("password").referenceable(),
                        Field.integer("database").defaultTo(0L),
                        Field.bool("ssl").defaultTo(false),
                        Field.bool("ssl_verify").defaultTo(false),
                        CommonFields.host("server_name"))
                .required();
    }

    private static EntityCheck required(String ifField, String value, String thenField) {
        String[] path = thenField.split("\\.", -1);
        return EntityCheck.conditional("config." + ifField, "config." + thenField, REQUIRED, plugin -> {
            Document config = plugin.record("config");
            Document record = path.length == 1 ? config : config.record(path[0]);
            return value.equals(config.get(ifField)) && record.get(path[path.length - 1]) == null;
        });
    }

    private static @Nullable String orderViolation(Document config) {
        List<String> set =
                PERIODS.stream().filter(period -> config.get(period) != null).toList();
        return set.stream()
                .flatMap(lower -> set.subList(set.indexOf(lower) + 1, set.size()).stream()
                        .flatMap(upper -> Stream.ofNullable(orderViolation(config, lower, upper))))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String orderViolation(Document config, String lower, String upper) {
        double least = config.number(lower).doubleValue();
        double limit = config.number(upper).doubleValue();
        return limit >= least
                ? null
                : String.format(
                        Locale.ROOT,
                        "The limit for %s(%.1f) cannot be lower than the limit for %s(%.1f)",
                        upper,
                        limit,
                        lower,
                        least);
    }
}
