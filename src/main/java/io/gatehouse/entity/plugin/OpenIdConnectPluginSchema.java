package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.LogFields;
import io.gatehouse.entity.plugin.field.ProviderFields;
import io.gatehouse.entity.plugin.field.SignInFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Declares the {@code openid-connect} plugin's configuration. */
final class OpenIdConnectPluginSchema {
    private static final int DAY = 86_400;
    private static final String BEARER = ":bearer";
    private static final TextPattern HEADER = TextPattern.of("[A-Za-z0-9_-]+");
    private static final int MAX_PORT = 65_535;
    private static final String BAD_ISSUER = "must be an http or https URL without user, query and fragment";
    /** Headers that frame or route a message, carry a credential, or that the gateway sets. A claim must not replace them. */
    private static final Set<String> TAKEN = Set.of(
            "authorization",
            "connection",
            "content-length",
            "cookie",
            "expect",
            "forwarded",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy",
            "te",
            "traceparent",
            "tracestate",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-anonymous-consumer",
            "x-real-ip");

    private static final List<String> TAKEN_PREFIXES =
            List.of("proxy-", "x-authenticated-", "x-consumer-", "x-credential-", "x-forwarded-", "x-kong-");

    private static final List<String> METHODS = List.of(
            "bearer",
            "kong_oauth2",
            "introspection",
            "userinfo",
            "password",
            "client_credentials",
            "refresh_token",
            "session",
            "authorization_code");

    static final PluginSchema SCHEMA = new PluginSchema(
            "openid-connect",
            "0.1.0",
            1050,
            concatenated(fields(), concatenated(ProviderFields.all(), SignInFields.all())),
            concatenated(
                    List.of(EntityCheck.ofRecord("claims_and_names", OpenIdConnectPluginSchema::pairViolation)),
                    concatenated(ProviderFields.checks(), SignInFields.checks())),
            false);

    private OpenIdConnectPluginSchema() {}

    private static <T> List<T> concatenated(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static List<Field> fields() {
        return List.of(
                Field.string("issuer")
                        .required()
                        .lengthAtMost(2_048)
                        .format("uri")
                        .check(OpenIdConnectPluginSchema::urlViolation),
                Field.number("rediscovery_lifetime").required().between(1, DAY).defaultTo(30L),
                Field.array("auth_methods", Field.element().oneOf(METHODS.toArray()))
                        .required()
                        .check(value -> ((List<?>) value).isEmpty() ? "must contain a method" : null)
                        .defaultTo(List.of("bearer")),
                required("audience_required"),
                claim("audience_claim", "aud"),
                required("scopes_required"),
                claim("scopes_claim", "scope"),
                required("roles_required"),
                claim("roles_claim", "roles"),
                required("groups_required"),
                claim("groups_claim", "groups"),
                Field.array("consumer_claim", Field.element()),
                Field.array("consumer_by", Field.element().oneOf("id", "username", "custom_id"))
                        .check(value -> ((List<?>) value).isEmpty() ? "must contain a field" : null)
                        .defaultTo(List.of("username", "custom_id")),
                Field.bool("consumer_optional").defaultTo(false),
                claim("credential_claim", "sub"),
                Field.number("leeway").required().between(0, DAY).defaultTo(0L),
                Field.array("upstream_headers_claims", Field.element()),
                Field.array(
                        "upstream_headers_names",
                        CommonFields.headerName(Field.element())
                                .matches(
                                        OpenIdConnectPluginSchema::isFree,
                                        name -> "header '" + name + "' cannot carry a claim")),
                CommonFields.anonymous(),
                Field.bool("hide_credentials").required().defaultTo(false),
                Field.bool("run_on_preflight").required().defaultTo(true),
                LogFields.timeout("timeout", 10_000).required(),
                Field.string("upstream_access_token_header")
                        .matches(
                                OpenIdConnectPluginSchema::canCarryToken,
                                name -> "header '" + name + "' cannot carry a token")
                        .defaultTo("authorization:bearer")
                        .keepsNull(),
                CommonFields.headerName(Field.string("upstream_id_token_header"))
                        .matches(
                                OpenIdConnectPluginSchema::isFree,
                                name -> "header '" + name + "' cannot carry a token"),
                refreshTokenHeader("refresh_token_param_name"),
                refreshTokenHeader("downstream_refresh_token_header"));
    }

    private static Field refreshTokenHeader(String name) {
        return CommonFields.headerName(Field.string(name))
                .matches(OpenIdConnectPluginSchema::isFree, header -> "header '" + header + "' cannot carry a token");
    }

    /** Many servers take an underscore for a hyphen. */
    private static boolean isFree(String name) {
        String folded = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return !TAKEN.contains(folded) && TAKEN_PREFIXES.stream().noneMatch(folded::startsWith);
    }

    /** Returns whether the name is free, or the usual one; {@code :bearer} sends the scheme before the token. */
    private static boolean canCarryToken(String name) {
        String header = name.endsWith(BEARER) ? name.substring(0, name.length() - BEARER.length()) : name;
        return header.equalsIgnoreCase("authorization") || (HEADER.matches(header) && isFree(header));
    }

    /** A blank element would require nothing. */
    private static Field required(String name) {
        return Field.array(name, Field.element().matches(text -> !text.isBlank(), text -> "must not be blank"));
    }

    private static Field claim(String name, String usual) {
        return Field.array(name, Field.element()).defaultTo(List.of(usual));
    }

    /** Only an operator names the provider, so private addresses are allowed. The log contains the URL, so it has no password. */
    private static @Nullable Object urlViolation(Object url) {
        try {
            URI uri = new URI((String) url);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean isPlain = uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
            return isHttp && isPlain && uri.getHost() != null && uri.getPort() <= MAX_PORT ? null : BAD_ISSUER;
        } catch (URISyntaxException e) {
            return BAD_ISSUER;
        }
    }

    private static @Nullable String pairViolation(Document config) {
        return config.strings("upstream_headers_claims").size()
                        == config.strings("upstream_headers_names").size()
                ? null
                : "upstream_headers_claims and upstream_headers_names must have the same number of elements";
    }
}
