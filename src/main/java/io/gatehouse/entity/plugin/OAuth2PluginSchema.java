package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.RandomString;
import io.gatehouse.schema.TextPattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code oauth2} plugin's configuration (docs/reference/oauth2.md#configuration). */
final class OAuth2PluginSchema {
    private static final int MAX_URL = 1_024;
    /** Seven days in seconds. */
    private static final long MAX_JWT_LIFE = 604_800;

    private static final String REGISTRATION = "enable_client_registration";

    /** RFC 6749 §3.3; it is sent inside quotes in {@code WWW-Authenticate}. */
    private static final TextPattern SCOPE = TextPattern.of("[!#-\\[\\]-~]+");

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
                    CommonFields.literal(Field.string("provision_key"))
                            .required()
                            .auto(RandomString::next)
                            .secret(),
                    Field.number("token_expiration")
                            .required()
                            .between(0, Integer.MAX_VALUE)
                            .wholeSeconds()
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
                            .wholeSeconds()
                            .defaultTo(1_209_600L),
                    Field.bool("reuse_refresh_token").required().defaultTo(false),
                    Field.string("pkce").oneOf("none", "lax", "strict").defaultTo("lax"),
                    CommonFields.realm(),
                    // Ours, not Kong's
                    Field.array(
                                    "required_scopes",
                                    Field.element().pattern(SCOPE, value -> "invalid scope '" + value + "'"))
                            .ours(),
                    Field.integer("failed_secrets_per_minute")
                            .required()
                            .between(0, 100_000)
                            .defaultTo(30L)
                            .ours(),
                    Field.integer("refresh_token_grace")
                            .required()
                            .between(0, 3_600)
                            .defaultTo(10L)
                            .ours(),
                    Field.bool("enable_introspection")
                            .required()
                            .defaultTo(false)
                            .ours(),
                    Field.bool("enable_revocation").required().defaultTo(false).ours(),
                    Field.string("conformance")
                            .oneOf("kong", "rfc")
                            .defaultTo("kong")
                            .ours(),
                    Field.string("issuer")
                            .lengthAtMost(MAX_URL)
                            .format("issuer")
                            .check(OAuth2PluginSchema::issuerViolation)
                            .ours(),
                    Field.string("authorization_endpoint")
                            .lengthAtMost(MAX_URL)
                            .format("https-uri")
                            .check(OAuth2PluginSchema::endpointViolation)
                            .ours(),
                    Field.array("introspection_clients", Field.element().lengthAtMost(CommonFields.MAX_KEY_LENGTH))
                            .ours(),
                    Field.bool("enable_client_assertions")
                            .required()
                            .defaultTo(false)
                            .ours(),
                    Field.bool("enable_par").required().defaultTo(false).ours(),
                    Field.bool("enable_device_authorization")
                            .required()
                            .defaultTo(false)
                            .ours(),
                    Field.string("verification_uri")
                            .lengthAtMost(MAX_URL)
                            .format("https-uri")
                            .check(OAuth2PluginSchema::endpointViolation)
                            .ours(),
                    Field.bool("enable_token_exchange")
                            .required()
                            .defaultTo(false)
                            .ours(),
                    Field.array("token_exchange_clients", Field.element().lengthAtMost(CommonFields.MAX_KEY_LENGTH))
                            .ours(),
                    Field.bool("enable_jwt_access_tokens")
                            .required()
                            .defaultTo(false)
                            .ours(),
                    Field.bool("enable_dpop").required().defaultTo(false).ours(),
                    Field.bool("enable_mtls").required().defaultTo(false).ours(),
                    Field.array("mtls_ca_certificates", Field.element().uuid()).ours(),
                    Field.string("mtls_url")
                            .lengthAtMost(MAX_URL)
                            .format("issuer")
                            .check(OAuth2PluginSchema::issuerViolation)
                            .ours(),
                    Field.bool(REGISTRATION).required().defaultTo(false).ours(),
                    CommonFields.literal(Field.string("registration_token"))
                            .autoIf(REGISTRATION, RandomString::next)
                            .secret()
                            .ours(),
                    CommonFields.headerText(Field.string("registration_consumer"))
                            .lengthAtMost(CommonFields.MAX_KEY_LENGTH)
                            .ours(),
                    Field.integer("registration_limit")
                            .required()
                            .between(1, 100_000)
                            .defaultTo(1_000L)
                            .ours(),
                    Field.integer("registrations_per_minute")
                            .required()
                            .between(1, 1_000)
                            .defaultTo(10L)
                            .ours()),
            List.of(
                    EntityCheck.ofRecord("at_least_one_grant", OAuth2PluginSchema::grantViolation),
                    EntityCheck.conditional(
                            "mandatory_scope",
                            "scopes",
                            "required field missing",
                            config -> config.flag("mandatory_scope") && config.get("scopes") == null),
                    EntityCheck.conditional(
                            "enable_device_authorization",
                            "verification_uri",
                            "required field missing",
                            config -> config.flag("enable_device_authorization")
                                    && config.get("verification_uri") == null),
                    // A verifier compares the issuer of a JWT with the one that it is configured with (RFC 9068 §4).
                    EntityCheck.conditional(
                            "enable_jwt_access_tokens",
                            "issuer",
                            "required field missing",
                            config -> config.flag("enable_jwt_access_tokens") && config.get("issuer") == null),
                    EntityCheck.conditional(
                            "enable_jwt_access_tokens",
                            "token_expiration",
                            "value should be between 1 and " + MAX_JWT_LIFE,
                            config -> config.flag("enable_jwt_access_tokens")
                                    && !isJwtLife(config.get("token_expiration"))),
                    // The audience of an assertion must not follow from the Host of a request.
                    EntityCheck.conditional(
                            "enable_client_assertions",
                            "issuer",
                            "required field missing",
                            config -> config.flag("enable_client_assertions") && config.get("issuer") == null),
                    // Nor must the URL that a proof is for.
                    EntityCheck.conditional(
                            "enable_dpop",
                            "issuer",
                            "required field missing",
                            config -> config.flag("enable_dpop") && config.get("issuer") == null),
                    EntityCheck.conditional(
                            REGISTRATION,
                            "registration_consumer",
                            "required field missing",
                            config -> config.flag(REGISTRATION) && config.get("registration_consumer") == null)),
            false);

    private OAuth2PluginSchema() {}

    /** RFC 9068 §2.2: a JWT has an end. Its key is published until then. */
    private static boolean isJwtLife(@Nullable Object seconds) {
        return seconds instanceof Number number && number.doubleValue() >= 1 && number.doubleValue() <= MAX_JWT_LIFE;
    }

    private static @Nullable String grantViolation(Document config) {
        for (String grant : GRANTS) {
            if (config.flag(grant)) {
                return null;
            }
        }
        if (config.flag("enable_device_authorization") || config.flag("enable_token_exchange")) {
            return null;
        }
        // Kong's text.
        return "at least one of these fields must be true: " + String.join(", ", GRANTS);
    }

    /** RFC 8414 §2: an https URL without query and fragment. */
    private static @Nullable Object issuerViolation(Object issuer) {
        URI uri = https((String) issuer);
        return uri == null || uri.getRawQuery() != null || ((String) issuer).endsWith("/")
                ? "expected an https URL without query, fragment and final slash"
                : null;
    }

    /** RFC 6749 §3.1: it may have a query. */
    private static @Nullable Object endpointViolation(Object endpoint) {
        return https((String) endpoint) == null ? "expected an https URL without fragment" : null;
    }

    private static @Nullable URI https(String text) {
        try {
            URI uri = new URI(text);
            boolean isHttps = "https".equals(uri.getScheme()) && uri.getHost() != null;
            return isHttps && uri.getRawUserInfo() == null && uri.getRawFragment() == null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
