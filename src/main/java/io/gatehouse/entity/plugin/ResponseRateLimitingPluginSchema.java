package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.RateLimitFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code response-ratelimiting} plugin's configuration. */
final class ResponseRateLimitingPluginSchema {
    /** Each name is in the keys of counters and in the names of headers. */
    private static final int MAX_NAME = 64;
    /** Each quantity is looked up for each request. */
    private static final int MAX_QUANTITIES = 64;

    private static final List<EntityCheck> OF_LIMITS = List.of(
            EntityCheck.ofRecord("periods_order", limits -> RateLimitFields.orderViolation("the", limits)),
            EntityCheck.atLeastOneOf(RateLimitFields.PERIODS.toArray(String[]::new)));

    static final PluginSchema SCHEMA = new PluginSchema(
            "response-ratelimiting",
            "0.1.0",
            900,
            List.of(
                    CommonFields.headerName(Field.string("header_name")).defaultTo("x-kong-limit"),
                    Field.string("limit_by")
                            .oneOf("consumer", "credential", "ip")
                            .defaultTo("consumer"),
                    Field.string("policy").oneOf("local", "cluster", "redis").defaultTo("local"),
                    Field.bool("fault_tolerant").required().defaultTo(true),
                    RateLimitFields.redis(),
                    Field.bool("block_on_first_violation").required().defaultTo(false),
                    Field.bool("hide_client_headers").required().defaultTo(false),
                    Field.map(
                                    "limits",
                                    CommonFields.headerName(Field.element()).lengthAtMost(MAX_NAME),
                                    Field.record("", RateLimitFields.periods().toArray(Field[]::new))
                                            .required()
                                            .checkedBy(OF_LIMITS))
                            .required()
                            .lengthAtLeast(1)
                            .lengthAtMost(MAX_QUANTITIES)),
            List.of(),
            true,
            List.of(
                    RateLimitFields.required("policy", "redis", "redis.host"),
                    RateLimitFields.required("policy", "redis", "redis.port"),
                    RateLimitFields.required("policy", "redis", "redis.timeout")));

    private ResponseRateLimitingPluginSchema() {}
}
