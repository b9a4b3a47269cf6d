package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code jwt} plugin's configuration. */
final class JwtPluginSchema {
    private static final long A_YEAR = 31_536_000L;

    static final PluginSchema SCHEMA = new PluginSchema(
            "jwt",
            "0.1.0",
            1450,
            List.of(
                    Field.set("uri_param_names", Field.element()).defaultTo(List.of("jwt")),
                    Field.set("cookie_names", Field.element()).defaultTo(List.of()),
                    Field.string("key_claim_name").defaultTo("iss"),
                    Field.bool("secret_is_base64").required().defaultTo(false),
                    Field.set("claims_to_verify", Field.element().oneOf("exp", "nbf")),
                    CommonFields.anonymous(),
                    Field.bool("run_on_preflight").required().defaultTo(true),
                    Field.number("maximum_expiration").between(0, A_YEAR).defaultTo(0L),
                    Field.set("header_names", CommonFields.headerName(Field.element()))
                            .defaultTo(List.of("authorization")),
                    CommonFields.realm()),
            List.of(),
            false,
            List.of(EntityCheck.conditional(
                    "config.maximum_expiration",
                    "config.claims_to_verify",
                    "expected to contain: exp",
                    plugin -> isExpirationUnverified(plugin.record("config")))));

    private JwtPluginSchema() {}

    private static boolean isExpirationUnverified(Document config) {
        boolean limited = config.get("maximum_expiration") instanceof Number limit && limit.doubleValue() > 0;
        boolean isVerified = config.get("claims_to_verify") instanceof List<?> claims && claims.contains("exp");
        return limited && !isVerified;
    }
}
