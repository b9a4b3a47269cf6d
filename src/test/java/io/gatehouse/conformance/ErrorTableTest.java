package io.gatehouse.conformance;

import static io.gatehouse.conformance.OAuthApi.parameters;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every error of docs/reference/oauth2.md, as a client gets it: status, code, description and challenge. */
class ErrorTableTest {
    private static final String INVALID_CLIENT = "Invalid client authentication";
    private static final String REDIRECT_MISMATCH =
            "Invalid redirect_uri that does not match with any redirect_uri created with the application";

    private static OAuthApi api;
    private static JsonObject other;
    private static JsonObject without;
    private static JsonObject app;

    /** A request and its answer. The error is by its name in {@link OAuth2Error}, which says code and status. */
    private record Row(String when, Supplier<Reply> request, OAuth2Error error, String description, String challenge) {}

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject()
                .put("enable_client_credentials", true)
                .put("enable_introspection", true)
                .put("enable_revocation", true)
                .put("failed_secrets_per_minute", 0));
        api.gatehouse.createApi("strict", "/strict", api.upstream.port());
        api.gatehouse.protect(
                "strict",
                OAuthApi.allGrants()
                        .put("failed_secrets_per_minute", 0)
                        .put("pkce", "strict")
                        .put("mandatory_scope", true)
                        .put("realm", "R")
                        .put("required_scopes", List.of("profile")));
        api.gatehouse.createApi("slow", "/slow", api.upstream.port());
        api.gatehouse.protect("slow", OAuthApi.allGrants().put("failed_secrets_per_minute", 1));
        api.gatehouse.createApi("few", "/few", api.upstream.port());
        api.gatehouse.protect("few", new JsonObject().put("enable_client_credentials", true));
        JsonObject callback = new JsonObject().put("redirect_uris", List.of(OAuthApi.REDIRECT_URI));
        other = api.gatehouse.register("other", callback);
        app = api.gatehouse.register("app", callback.copy().put("client_type", "public"));
        without = api.gatehouse.create(
                "/consumers/other/oauth2",
                new JsonObject().put("name", "without").putNull("redirect_uris"));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @TestFactory
    Stream<DynamicTest> theTable() {
        return rows().stream().map(row -> DynamicTest.dynamicTest(row.when, () -> check(row)));
    }

    private static void check(Row row) {
        Reply reply = row.request.get();

        int status = row.challenge.startsWith("Basic") ? 401 : row.error.status();
        reply.isError(status, row.error.code(), row.description);
        assertThat(Objects.requireNonNullElse(reply.header("www-authenticate"), ""))
                .isEqualTo(row.challenge);
        assertThat(reply.header("content-type")).startsWith("application/json");
        assertThat(reply.json().fieldNames()).containsOnly("error", "error_description");
    }

    @Test
    void nothingIsMissingFromTheTable() {
        Set<OAuth2Error> provoked = EnumSet.noneOf(OAuth2Error.class);
        rows().forEach(row -> provoked.add(row.error));
        // Who needs an outage has a test with one (DatabaseOutageTest); an error of ours cannot be asked for.
        provoked.addAll(List.of(OAuth2Error.TEMPORARILY_UNAVAILABLE, OAuth2Error.SERVER_ERROR));

        assertThat(provoked).containsExactlyInAnyOrder(OAuth2Error.values());
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.addAll(transport());
        rows.addAll(tokenEndpoint());
        rows.addAll(bindings());
        rows.addAll(codes());
        rows.addAll(refreshing());
        rows.addAll(authorizing());
        rows.addAll(ours());
        rows.addAll(calls());
        return rows;
    }

    private static Row row(String when, Supplier<Reply> request, OAuth2Error error, String description) {
        return new Row(when, request, error, description, "");
    }

    private static List<Row> transport() {
        String plain = api.gatehouse.proxyUrl("/api/oauth2/token");
        String url = api.gatehouse.secureUrl("/strict/oauth2/");
        String wrong = "The HTTP method GET is invalid for the ";
        return List.of(
                row(
                        "plain http",
                        () -> Http.send(Http.form(plain, api.asClient("grant_type", "client_credentials"))),
                        OAuth2Error.ACCESS_DENIED,
                        "You must use HTTPS"),
                new Row(
                        "GET token",
                        () -> Http.send(Http.get(url + "token")),
                        OAuth2Error.INVALID_METHOD,
                        wrong + "token endpoint",
                        "Bearer realm=\"R\", error=\"invalid_method\", error_description=\"" + wrong
                                + "token endpoint\""),
                new Row(
                        "GET authorize",
                        () -> Http.send(Http.get(url + "authorize")),
                        OAuth2Error.INVALID_METHOD,
                        wrong + "authorization endpoint",
                        "Bearer realm=\"R\", error=\"invalid_method\", error_description=\"" + wrong
                                + "authorization endpoint\""),
                row(
                        "a body over 64 KiB",
                        () -> api.token(parameters("client_secret", "x".repeat(66_000))),
                        OAuth2Error.REQUEST_TOO_LARGE,
                        "Request body too large"),
                row(
                        "a parameter twice",
                        () -> Http.send(Http.request(
                                "POST", url + "token", "application/x-www-form-urlencoded", "state=1&state=2")),
                        OAuth2Error.INVALID_REQUEST,
                        "Parameter given more than once: state"));
    }

    private static List<Row> tokenEndpoint() {
        Supplier<Reply> headerWithWrongSecret = () -> Http.send(
                Http.form(api.gatehouse.secureUrl("/api/oauth2/token"), parameters("grant_type", "client_credentials"))
                        .header("Authorization", "Basic " + base64(api.application.getString("client_id") + ":wrong")));
        return List.of(
                row(
                        "no grant_type",
                        () -> api.token(api.asClient()),
                        OAuth2Error.UNSUPPORTED_GRANT_TYPE,
                        "Invalid grant_type"),
                row(
                        "a grant that is not enabled",
                        () -> api.gatehouse.token("/few", api.asClient("grant_type", "password")),
                        OAuth2Error.UNSUPPORTED_GRANT_TYPE,
                        "Invalid grant_type"),
                row(
                        "no client",
                        () -> api.token(parameters("grant_type", "client_credentials")),
                        OAuth2Error.INVALID_CLIENT,
                        INVALID_CLIENT),
                row(
                        "a wrong secret",
                        () -> api.token(with(api.asClient("grant_type", "client_credentials"), "client_secret", "no")),
                        OAuth2Error.INVALID_CLIENT,
                        INVALID_CLIENT),
                new Row(
                        "a wrong secret in the header",
                        headerWithWrongSecret,
                        OAuth2Error.INVALID_CLIENT,
                        INVALID_CLIENT,
                        "Basic realm=\"OAuth2.0\""),
                row(
                        "a client without redirect URIs at another grant",
                        () -> api.token(OAuthApi.asClient(without, "grant_type", "password")),
                        OAuth2Error.INVALID_CLIENT,
                        INVALID_CLIENT),
                row(
                        "another redirect_uri",
                        () -> api.token(api.asClient("grant_type", "password", "redirect_uri", "http://evil.test/")),
                        OAuth2Error.INVALID_REQUEST,
                        REDIRECT_MISMATCH),
                row(
                        "a public client with a secret",
                        () -> api.token(OAuthApi.asClient(app, "grant_type", "password", "client_secret", "x")),
                        OAuth2Error.INVALID_REQUEST,
                        "client_secret is disallowed for public clients"),
                row(
                        "an owner without the provision key",
                        () -> api.token(api.asClient("grant_type", "client_credentials", "authenticated_userid", "u")),
                        OAuth2Error.INVALID_PROVISION_KEY,
                        "Invalid provision_key"),
                row(
                        "the password grant without an owner",
                        () -> api.token(
                                api.asClient("grant_type", "password", "provision_key", OAuthApi.PROVISION_KEY)),
                        OAuth2Error.INVALID_AUTHENTICATED_USERID,
                        "Missing authenticated_userid parameter"),
                row(
                        "an unknown scope",
                        () -> api.token(api.asClient("grant_type", "client_credentials", "scope", "email xyz")),
                        OAuth2Error.INVALID_SCOPE,
                        "\"xyz\" is an invalid scope"),
                row(
                        "no scope where one is needed",
                        () -> api.gatehouse.token("/strict", api.asClient("grant_type", "client_credentials")),
                        OAuth2Error.INVALID_SCOPE,
                        "You must specify a scope"),
                row(
                        "too many wrong secrets",
                        () -> {
                            Map<String, String> guess = with(
                                    OAuthApi.asClient(other, "grant_type", "refresh_token"), "client_secret", "guess");
                            api.gatehouse.token("/slow", guess);
                            return api.gatehouse.token("/slow", guess);
                        },
                        OAuth2Error.SLOW_DOWN,
                        "Too many failed attempts to authenticate this client"));
    }

    private static List<Row> bindings() {
        return List.of(
                row(
                        "a public client with client credentials",
                        () -> api.token(OAuthApi.asClient(app, "grant_type", "client_credentials")),
                        OAuth2Error.UNAUTHORIZED_CLIENT,
                        "The client_credentials grant is for confidential clients only"),
                row(
                        "another resource",
                        () -> api.token(
                                api.asClient("grant_type", "client_credentials", "resource", "https://other.test/api")),
                        OAuth2Error.INVALID_TARGET,
                        "The requested resource is not served here"));
    }

    private static List<Row> codes() {
        String challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        Supplier<String> challenged =
                () -> api.code("client_id", app.getString("client_id"), "code_challenge", challenge);
        return List.of(
                row(
                        "an unknown code",
                        () -> redeem(api.application, "nonsense"),
                        OAuth2Error.INVALID_REQUEST,
                        "Invalid code"),
                row(
                        "another client's code",
                        () -> redeem(other, api.code()),
                        OAuth2Error.INVALID_REQUEST,
                        "Invalid code"),
                row(
                        "no verifier",
                        () -> redeem(app, challenged.get()),
                        OAuth2Error.INVALID_REQUEST,
                        "code_verifier is required for PKCE authorization requests"),
                row(
                        "a short verifier",
                        () -> redeem(app, challenged.get(), "code_verifier", "short"),
                        OAuth2Error.INVALID_REQUEST,
                        "code_verifier must be between 43 and 128 characters"),
                row(
                        "a verifier that is no string",
                        () -> Http.send(Http.json(
                                "POST",
                                api.gatehouse.secureUrl("/api/oauth2/token"),
                                new JsonObject()
                                        .put("grant_type", "authorization_code")
                                        .put("client_id", app.getString("client_id"))
                                        .put("code", challenged.get())
                                        .put("code_verifier", 5)
                                        .encode())),
                        OAuth2Error.INVALID_REQUEST,
                        "Parameter is not a string: code_verifier"),
                row(
                        "another verifier",
                        () -> redeem(app, challenged.get(), "code_verifier", "x".repeat(43)),
                        OAuth2Error.INVALID_GRANT,
                        "Invalid code"));
    }

    private static List<Row> refreshing() {
        return List.of(
                row(
                        "an unknown refresh token",
                        () -> api.refresh("nonsense"),
                        OAuth2Error.INVALID_REQUEST,
                        "Invalid refresh_token"),
                row(
                        "another client's refresh token",
                        () -> api.token(OAuthApi.asClient(
                                other,
                                "grant_type",
                                "refresh_token",
                                "refresh_token",
                                api.tokens().getString("refresh_token"))),
                        OAuth2Error.INVALID_CLIENT,
                        INVALID_CLIENT));
    }

    private static List<Row> authorizing() {
        return List.of(
                row(
                        "authorize without the provision key",
                        () -> api.authorize(with(api.agreed("code"), "provision_key", "wrong")),
                        OAuth2Error.INVALID_PROVISION_KEY,
                        "Invalid provision_key"),
                row(
                        "authorize for unknown",
                        () -> api.authorize(with(api.agreed("code"), "authenticated_userid", " ")),
                        OAuth2Error.INVALID_AUTHENTICATED_USERID,
                        "Missing authenticated_userid parameter"),
                row(
                        "authorize an unknown client",
                        () -> api.authorize(with(api.agreed("code"), "client_id", "unknown")),
                        OAuth2Error.INVALID_CLIENT,
                        INVALID_CLIENT),
                row(
                        "authorize to another redirect_uri",
                        () -> api.authorize(api.agreed("code", "redirect_uri", "http://evil.test/")),
                        OAuth2Error.INVALID_REQUEST,
                        REDIRECT_MISMATCH),
                redirected(
                        "authorize with another response_type",
                        api.agreed("nonsense"),
                        OAuth2Error.UNSUPPORTED_RESPONSE_TYPE,
                        "Invalid response_type"),
                redirected(
                        "authorize with an unknown scope",
                        api.agreed("code", "scope", "xyz"),
                        OAuth2Error.INVALID_SCOPE,
                        "\"xyz\" is an invalid scope"),
                redirected(
                        "a challenge method without a challenge",
                        api.agreed("code", "code_challenge_method", "S256"),
                        OAuth2Error.INVALID_REQUEST,
                        "code_challenge is required when code_method is present"),
                redirected(
                        "another challenge method",
                        api.agreed("code", "code_challenge", "c", "code_challenge_method", "plain"),
                        OAuth2Error.INVALID_REQUEST,
                        "code_challenge_method is not supported, must be S256"),
                redirected(
                        "a public client without a challenge",
                        api.agreed("code", "client_id", app.getString("client_id")),
                        OAuth2Error.INVALID_REQUEST,
                        "code_challenge is required for public clients"),
                new Row(
                        "a confidential client without a challenge where all need one",
                        () -> unwrapped(Http.send(Http.form(
                                api.gatehouse.secureUrl("/strict/oauth2/authorize"),
                                api.agreed("code", "scope", "email")))),
                        OAuth2Error.INVALID_REQUEST,
                        "code_challenge is required for confidential clients",
                        ""),
                new Row(
                        "no scope where one is needed",
                        () -> unwrapped(Http.send(
                                Http.form(api.gatehouse.secureUrl("/strict/oauth2/authorize"), api.agreed("code")))),
                        OAuth2Error.INVALID_REQUEST,
                        "code_challenge is required for confidential clients",
                        ""));
    }

    private static List<Row> ours() {
        return List.of(
                row(
                        "introspect nothing",
                        () -> api.post("introspect", api.asClient()),
                        OAuth2Error.INVALID_REQUEST,
                        "Missing token parameter"),
                row(
                        "revoke nothing",
                        () -> api.post("revoke", api.asClient()),
                        OAuth2Error.INVALID_REQUEST,
                        "Missing token parameter"),
                row(
                        "introspect as unknown",
                        () -> api.post("introspect", parameters("token", "x")),
                        OAuth2Error.INVALID_CLIENT,
                        INVALID_CLIENT));
    }

    private static List<Row> calls() {
        String invalid = "The access token is invalid or has expired";
        String challenge = "error=\"invalid_token\", error_description=\"" + invalid + "\"";
        String higher = "The request requires higher privileges than provided by the access token";
        Supplier<Reply> tooLittle = () -> {
            String token = api.gatehouse
                    .token(
                            "/strict",
                            api.asClient(
                                    "grant_type", "password",
                                    "provision_key", OAuthApi.PROVISION_KEY,
                                    "authenticated_userid", "u",
                                    "scope", "email"))
                    .isStatus(200)
                    .json()
                    .getString("access_token");
            return api.gatehouse.getWithToken("/strict", token);
        };
        return List.of(
                new Row(
                        "no token",
                        () -> api.gatehouse.get("/api"),
                        OAuth2Error.MISSING_TOKEN,
                        "The access token is missing",
                        "Bearer"),
                new Row(
                        "no token where there is a realm",
                        () -> api.gatehouse.get("/strict"),
                        OAuth2Error.MISSING_TOKEN,
                        "The access token is missing",
                        "Bearer realm=\"R\""),
                new Row(
                        "an unknown token",
                        () -> api.call("nonsense"),
                        OAuth2Error.INVALID_TOKEN,
                        invalid,
                        "Bearer " + challenge),
                new Row(
                        "an unknown token where there is a realm",
                        () -> api.gatehouse.getWithToken("/strict", "nonsense"),
                        OAuth2Error.INVALID_TOKEN,
                        invalid,
                        "Bearer realm=\"R\", " + challenge),
                new Row(
                        "too little scope",
                        tooLittle,
                        OAuth2Error.INSUFFICIENT_SCOPE,
                        higher,
                        "Bearer realm=\"R\", error=\"insufficient_scope\", error_description=\"" + higher
                                + "\", scope=\"profile\""));
    }

    private static Reply redeem(JsonObject client, String code, String... more) {
        Map<String, String> parameters = OAuthApi.asClient(client, more);
        parameters.put("grant_type", "authorization_code");
        parameters.put("code", code);
        return api.token(parameters);
    }

    private static Row redirected(String when, Map<String, String> request, OAuth2Error error, String description) {
        return row(when, () -> unwrapped(api.authorize(request)), error, description);
    }

    /** The error out of the redirect URI, as if it stood in the body. */
    private static Reply unwrapped(Reply reply) {
        Map<String, String> query = OAuthApi.queryOf(reply.isStatus(400).json().getString("redirect_uri"));
        return reply.withText(new JsonObject(new LinkedHashMap<String, Object>(query)).encode());
    }

    private static Map<String, String> with(Map<String, String> parameters, String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(parameters);
        changed.put(name, value);
        return changed;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
