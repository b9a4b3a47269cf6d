package io.gatehouse.entity.plugin.field;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the fields of the requests that check a credential at an OpenID provider, and of their results. */
public final class ProviderFields {
    private static final int DAY = 86_400;
    private static final int MAX_FAILED = 100_000;
    private static final List<String> BY_CERTIFICATE = List.of("tls_client_auth", "self_signed_tls_client_auth");
    /** The methods whose requests are the configured client's. */
    private static final List<String> OF_CLIENT = List.of("introspection", "password", "refresh_token");

    private static final TextPattern UUID =
            TextPattern.of("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private ProviderFields() {}

    /** Returns the fields in the order of {@code /schemas}. */
    public static List<Field> all() {
        return List.of(
                SignInFields.url(Field.string("token_endpoint")),
                SignInFields.url(Field.string("introspection_endpoint")),
                SignInFields.url(Field.string("userinfo_endpoint")),
                CommonFields.headerText(Field.string("introspection_hint"))
                        .lengthAtMost(64)
                        .defaultTo("access_token")
                        .keepsNull(),
                inHeader("bearer_token_param_type"),
                inHeader("client_credentials_param_type"),
                inHeader("password_param_type"),
                inHeader("refresh_token_param_type"),
                seconds("cache_ttl").required().defaultTo(3_600L),
                seconds("cache_ttl_max"),
                Field.bool("cache_tokens").required().defaultTo(true),
                Field.bool("cache_introspection").required().defaultTo(true),
                Field.bool("cache_user_info").required().defaultTo(true),
                Field.integer("failed_credentials_per_minute")
                        .required()
                        .between(0, MAX_FAILED)
                        .defaultTo(30L)
                        .ours(),
                Field.string("tls_client_auth_cert_id").pattern(UUID, value -> "expected a valid UUID"),
                SignInFields.url(Field.string("mtls_token_endpoint")),
                SignInFields.url(Field.string("mtls_introspection_endpoint")));
    }

    /** Returns the checks of several fields. */
    public static List<EntityCheck> checks() {
        return List.of(
                EntityCheck.ofRecord("client_of_methods", ProviderFields::clientViolation),
                EntityCheck.ofRecord("tls_client_auth", ProviderFields::certificateViolation));
    }

    /** Declares where a credential is: of Kong's places, only the header. */
    private static Field inHeader(String name) {
        return Field.array(name, Field.element().oneOf("header")).defaultTo(List.of("header"));
    }

    private static Field seconds(String name) {
        return Field.number(name).between(0, 30L * DAY);
    }

    private static @Nullable String clientViolation(Document config) {
        if (!config.strings("client_id").isEmpty()) {
            return null;
        }
        return config.strings("auth_methods").stream()
                .filter(OF_CLIENT::contains)
                .findFirst()
                .map(method -> "the method " + method + " needs client_id")
                .orElse(null);
    }

    private static @Nullable String certificateViolation(Document config) {
        return config.strings("client_auth").stream().anyMatch(BY_CERTIFICATE::contains)
                        && config.optionalString("tls_client_auth_cert_id") == null
                ? "tls_client_auth_cert_id is required when tls client auth is enabled"
                : null;
    }
}
