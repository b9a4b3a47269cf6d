package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.RateLimitFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the {@code rate-limiting} plugin's configuration. */
final class RateLimitingPluginSchema {
    private static final double LEAST_SYNC_RATE = 0.02;

    static final PluginSchema SCHEMA = new PluginSchema(
            "rate-limiting",
            "0.1.0",
            910,
            fields(),
            List.of(EntityCheck.ofRecord("periods_order", RateLimitingPluginSchema::violation)),
            true,
            List.of(
                    EntityCheck.atLeastOneOf(RateLimitFields.PERIODS.stream()
                            .map(period -> "config." + period)
                            .toArray(String[]::new)),
                    RateLimitFields.required("policy", "redis", "redis.host"),
                    RateLimitFields.required("policy", "redis", "redis.port"),
                    RateLimitFields.required("policy", "redis", "redis.timeout"),
                    RateLimitFields.required("limit_by", "header", "header_name"),
                    RateLimitFields.required("limit_by", "path", "path")));

    private RateLimitingPluginSchema() {}

    private static @Nullable String violation(Document config) {
        String order = RateLimitFields.orderViolation("The", config);
        double syncRate = config.number("sync_rate").doubleValue();
        if (order != null || syncRate == -1) {
            return order;
        }
        if (!"redis".equals(config.get("policy"))) {
            return "sync_rate can only be used with the redis policy";
        }
        return syncRate < LEAST_SYNC_RATE ? "sync_rate must be greater than 0.02, or -1 to disable" : null;
    }

    private static List<Field> fields() {
        List<Field> fields = new ArrayList<>(RateLimitFields.periods());
        fields.add(Field.string("limit_by")
                .oneOf("consumer", "credential", "ip", "service", "header", "path")
                .defaultTo("consumer"));
        fields.add(CommonFields.headerName(Field.string("header_name")));
        fields.add(CommonFields.path("path"));
        fields.add(Field.string("policy").oneOf("local", "cluster", "redis").defaultTo("local"));
        fields.add(Field.bool("fault_tolerant").required().defaultTo(true));
        fields.add(RateLimitFields.redis());
        fields.add(Field.bool("hide_client_headers").required().defaultTo(false));
        // Stricter than Kong: other statuses are not errors, or no statuses.
        fields.add(Field.number("error_code").between(400, 599).whole().defaultTo(429L));
        fields.add(Field.string("error_message").defaultTo("API rate limit exceeded"));
        fields.add(Field.number("sync_rate").required().defaultTo(-1L));
        return fields;
    }
}
