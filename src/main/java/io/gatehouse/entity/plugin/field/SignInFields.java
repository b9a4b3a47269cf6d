package io.gatehouse.entity.plugin.field;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Declares the fields of a sign-in with a browser. */
public final class SignInFields {
    private static final int MAX_TEXT = 2_048;
    private static final int MAX_URL = 1_024;
    private static final int HOUR = 3_600;
    private static final int MONTH = 30 * 24 * HOUR;
    private static final int YEAR = 366 * 24 * HOUR;
    private static final String BAD_URL = "must be an http or https URL without a fragment";
    private static final TextPattern PATH_END = TextPattern.of("/[A-Za-z0-9._~/-]+");
    private static final TextPattern PARAMETER = TextPattern.of("[A-Za-z0-9._-]+");

    /** Parameters of the authorization request that the gateway sets. */
    private static final Set<String> OWN_PARAMETERS = Set.of(
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "max_age",
            "nonce",
            "redirect_uri",
            "request",
            "request_uri",
            "response_mode",
            "response_type",
            "scope",
            "state");

    private SignInFields() {}

    /** Returns the fields in the order of {@code /schemas}. */
    public static List<Field> all() {
        List<Field> fields = new ArrayList<>(List.of(
                one("client_id", text(Field.element().referenceable())),
                one("client_secret", text(Field.element().referenceable())),
                one(
                        "client_auth",
                        Field.element()
                                .oneOf(
                                        "client_secret_basic",
                                        "client_secret_post",
                                        "client_secret_jwt",
                                        "private_key_jwt",
                                        "tls_client_auth",
                                        "self_signed_tls_client_auth",
                                        "none")),
                one(
                        "client_alg",
                        Field.element()
                                .oneOf(
                                        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512",
                                        "PS256", "PS384", "PS512")),
                one("client_jwk", Field.record("", jwk())),
                Field.array("scopes", text(Field.element())).defaultTo(List.of("openid")),
                one("redirect_uri", url(Field.element())),
                Field.number("max_age").whole().between(0, YEAR),
                Field.bool("require_proof_key_for_code_exchange"),
                Field.array(
                        "authorization_query_args_names",
                        Field.element()
                                .pattern(PARAMETER, name -> "invalid name of a parameter")
                                .matches(
                                        name -> !OWN_PARAMETERS.contains(name),
                                        name -> "parameter '" + name + "' is set by the gateway")),
                Field.array("authorization_query_args_values", text(Field.element()))
                        .secret(),
                Field.string("login_action").oneOf("upstream", "redirect").defaultTo("upstream"),
                one("login_redirect_uri", url(Field.element())),
                Field.bool("refresh_tokens").required().defaultTo(true)));
        fields.addAll(CookieFields.of("authorization_cookie", "authorization", "Default", secure("authorization")));
        fields.add(Field.number("authorization_rolling_timeout")
                .required()
                .between(10, HOUR)
                .defaultTo(600L));
        fields.add(text(Field.string("session_secret").referenceable()).lengthAtLeast(16));
        fields.addAll(CookieFields.of("session_cookie", "session", "Lax", secure("session")));
        fields.add(seconds("session_idling_timeout", 900));
        fields.add(seconds("session_rolling_timeout", HOUR));
        fields.add(seconds("session_absolute_timeout", 86_400));
        fields.add(suffix("logout_uri_suffix"));
        fields.add(Field.array("logout_methods", Field.element().oneOf("POST", "GET", "DELETE"))
                .defaultTo(List.of("POST", "DELETE")));
        fields.add(one("logout_redirect_uri", url(Field.element())));
        fields.add(suffix("backchannel_logout_uri_suffix").ours());
        return fields;
    }

    /** Returns the checks of several fields. */
    public static List<EntityCheck> checks() {
        return List.of(
                EntityCheck.ofRecord("authorization_query_args", SignInFields::parametersViolation),
                EntityCheck.ofRecord("browser_methods", SignInFields::methodsViolation),
                EntityCheck.ofRecord("backchannel_logout", SignInFields::logoutViolation),
                EntityCheck.ofRecord("cookies", SignInFields::cookiesViolation));
    }

    /** Declares Kong's array for several clients, of which this gateway has one. */
    private static Field one(String name, Field element) {
        return Field.array(name, element).lengthAtMost(1);
    }

    private static Field text(Field field) {
        return CommonFields.headerText(field).lengthAtMost(MAX_TEXT);
    }

    static Field url(Field field) {
        return field.lengthAtMost(MAX_URL).format("uri").check(SignInFields::urlViolation);
    }

    private static @Nullable Object urlViolation(Object url) {
        try {
            URI uri = new URI((String) url);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean isAscii = ((String) url).chars().allMatch(c -> c > ' ' && c < 127);
            return isHttp && isAscii && uri.getHost() != null && uri.getRawFragment() == null ? null : BAD_URL;
        } catch (URISyntaxException e) {
            return BAD_URL;
        }
    }

    private static Field seconds(String name, long usual) {
        return Field.number(name).required().between(0, MONTH).defaultTo(usual);
    }

    /** Without a value, the request determines whether the cookie is secure. */
    private static Field secure(String kind) {
        return Field.bool(kind + "_cookie_secure");
    }

    private static Field suffix(String name) {
        return Field.string(name).pattern(PATH_END, value -> "must be a slash and the end of a path");
    }

    /** Declares the members of a JWK (RFC 7517) that a key for signatures has. */
    private static Field[] jwk() {
        Stream<Field> open = Stream.of("kty", "use", "alg", "kid", "crv", "x", "y", "n", "e")
                .map(name -> Field.string(name).lengthAtMost(MAX_TEXT));
        Stream<Field> secret = Stream.of("k", "d", "p", "q", "dp", "dq", "qi")
                .map(name -> Field.string(name).referenceable().lengthAtMost(MAX_TEXT));
        return Stream.concat(open, secret).toArray(Field[]::new);
    }

    private static @Nullable String parametersViolation(Document config) {
        return config.strings("authorization_query_args_names").size()
                        == config.strings("authorization_query_args_values").size()
                ? null
                : "authorization_query_args_names and authorization_query_args_values must have the same number of"
                        + " elements";
    }

    private static @Nullable String methodsViolation(Document config) {
        List<String> methods = config.strings("auth_methods");
        if (!methods.contains("authorization_code")) {
            return null;
        }
        if (!methods.contains("session")) {
            return "the method authorization_code needs the method session";
        }
        return config.strings("client_id").isEmpty() ? "the method authorization_code needs client_id" : null;
    }

    /** Without a client, no logout token has the audience. A field without effect leaves ended sessions valid. */
    private static @Nullable String logoutViolation(Document config) {
        String suffix = config.optionalString("backchannel_logout_uri_suffix");
        if (suffix == null) {
            return null;
        }
        if (!config.strings("auth_methods").contains("session")
                || config.strings("client_id").isEmpty()) {
            return "backchannel_logout_uri_suffix needs the method session and client_id";
        }
        return suffix.equals(config.optionalString("logout_uri_suffix"))
                        && config.strings("logout_methods").contains("POST")
                ? "logout_uri_suffix and backchannel_logout_uri_suffix must differ"
                : null;
    }

    /** A browser that refuses a cookie would sign in without end, and each sign-in would store a session. */
    private static @Nullable String cookiesViolation(Document config) {
        String session = config.optionalString("session_cookie_name");
        if (session != null && session.equals(config.optionalString("authorization_cookie_name"))) {
            return "session_cookie_name and authorization_cookie_name must differ";
        }
        String violation = CookieFields.violation(config, "session_cookie", "session_cookie_name");
        return violation == null
                ? CookieFields.violation(config, "authorization_cookie", "authorization_cookie_name")
                : violation;
    }
}
