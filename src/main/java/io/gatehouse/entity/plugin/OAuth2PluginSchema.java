package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.RandomString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the {@code oauth2} plugin's configuration (docs/reference/oauth2.md#configuration). */
final class OAuth2PluginSchema {
    private static final String[] GRANTS = {
        "enable_authorization_code", "enable_implicit_grant", "enable_client_credentials", "enable_password_grant"
    };

    static final PluginSchema SCHEMA = new PluginSchema(
            "oauth2",
            "0.1.0",
            1400,
            List.of(
                    Field.array("scopes", CommonFields.headerText(Field.element())),
                    Field.bool("mandatory_scope").required().defaultTo(false),
                    Field.string("provision_key").required().lengthAtLeast(1).auto(RandomString::next),
                    Field.number("token_expiration")
                            .required()
                            .between(0, Integer.MAX_VALUE)
                            .defaultTo(7200L),
                    Field.bool("enable_authorization_code").required().defaultTo(false),
                    Field.bool("enable_implicit_grant").required().defaultTo(false),
                    Field.bool("enable_client_credentials").required().defaultTo(false),
                    Field.bool("enable_password_grant").required().defaultTo(false),
                    Field.bool("hide_credentials").required().defaultTo(false),
                    Field.bool("accept_http_if_already_terminated").required().defaultTo(false),
                    CommonFields.anonymous(),
                    Field.bool("global_credentials").required().defaultTo(false),
                    CommonFields.headerName(Field.string("auth_header_name")).defaultTo("authorization"),
                    Field.number("refresh_token_ttl")
                            .required()
                            .between(0, 100_000_000)
                            .defaultTo(1_209_600L),
                    Field.bool("reuse_refresh_token").required().defaultTo(false),
                    Field.string("pkce").oneOf("none", "lax", "strict").defaultTo("lax"),
                    CommonFields.realm(),
                    // Fields that Kong does not have.
                    Field.array(
                            "required_scopes",
                            Field.element()
                                    .lengthAtLeast(1)
                                    .matches(OAuth2PluginSchema::isScope, value -> "invalid scope '" + value + "'")),
                    Field.integer("failed_secrets_per_minute")
                            .required()
                            .between(0, 100_000)
                            .defaultTo(30L),
                    Field.integer("refresh_token_grace")
                            .required()
                            .between(0, 3_600)
                            .defaultTo(10L),
                    Field.bool("enable_introspection").required().defaultTo(false),
                    Field.bool("enable_revocation").required().defaultTo(false)),
            List.of(
                    EntityCheck.custom("at_least_one_grant", OAuth2PluginSchema::grantViolation),
                    EntityCheck.custom("scopes_if_mandatory", OAuth2PluginSchema::scopeViolation)),
            false);

    private OAuth2PluginSchema() {}

    private static @Nullable String grantViolation(Document config) {
        for (String grant : GRANTS) {
            if (config.flag(grant)) {
                return null;
            }
        }
        return "at least one of these fields must be true: " + String.join(", ", GRANTS);
    }

    private static @Nullable String scopeViolation(Document config) {
        return config.flag("mandatory_scope") && config.get("scopes") == null
                ? "failed conditional validation given value of field 'mandatory_scope'"
                : null;
    }

    /** Returns whether text is a scope token (RFC 6749 §3.3), which {@code WWW-Authenticate} contains in quotes. */
    private static boolean isScope(String scope) {
        return scope.chars().allMatch(c -> c > 32 && c < 127 && c != '"' && c != '\\');
    }
}
