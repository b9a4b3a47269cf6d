package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code hmac-auth} plugin's configuration. */
final class HmacAuthPluginSchema {
    private static final List<String> ALGORITHMS = List.of("hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512");

    static final PluginSchema SCHEMA = new PluginSchema(
            "hmac-auth",
            "0.1.0",
            1030,
            List.of(
                    Field.bool("hide_credentials").required().defaultTo(false),
                    Field.number("clock_skew")
                            .check(value -> ((Number) value).doubleValue() > 0 ? null : "value must be greater than 0")
                            .defaultTo(300L),
                    CommonFields.anonymous(),
                    Field.bool("validate_request_body").required().defaultTo(false),
                    Field.array("enforce_headers", Field.element()).defaultTo(List.of()),
                    Field.array("algorithms", Field.element().oneOf(ALGORITHMS.toArray()))
                            .defaultTo(ALGORITHMS),
                    CommonFields.realm()),
            List.of(),
            false);

    private HmacAuthPluginSchema() {}
}
