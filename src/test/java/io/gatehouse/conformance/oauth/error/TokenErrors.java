package io.gatehouse.conformance.oauth.error;

import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static io.gatehouse.conformance.oauth.error.ErrorRow.row;
import static io.gatehouse.conformance.oauth.error.ErrorTableApi.INVALID_CLIENT;
import static io.gatehouse.conformance.oauth.error.ErrorTableApi.REDIRECT_MISMATCH;
import static io.gatehouse.conformance.oauth.error.ErrorTableApi.with;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The errors of the token endpoint. */
final class TokenErrors {
    private final OAuthApi api;
    private final JsonObject app;
    private final JsonObject other;
    private final JsonObject without;

    TokenErrors(ErrorTableApi setup) {
        api = setup.api;
        app = setup.app;
        other = setup.other;
        without = setup.without;
    }

    List<ErrorRow> rows() {
        return Stream.of(tokenEndpoint(), bindings(), codes(), refreshing())
                .flatMap(List::stream)
                .toList();
    }

    private List<ErrorRow> tokenEndpoint() {
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
                new ErrorRow(
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

    private List<ErrorRow> bindings() {
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

    private List<ErrorRow> codes() {
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
                        "no code",
                        () -> api.token(api.asClient("grant_type", "authorization_code")),
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
                        "code_verifier is not a string"),
                row(
                        "another verifier",
                        () -> redeem(app, challenged.get(), "code_verifier", "x".repeat(43)),
                        OAuth2Error.INVALID_GRANT,
                        "Invalid code"));
    }

    private List<ErrorRow> refreshing() {
        return List.of(
                row(
                        "an unknown refresh token",
                        () -> api.refresh("nonsense"),
                        OAuth2Error.INVALID_REQUEST,
                        "Invalid refresh_token"),
                row(
                        "no refresh token",
                        () -> api.token(api.asClient("grant_type", "refresh_token")),
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

    private Reply redeem(JsonObject client, String code, String... more) {
        Map<String, String> parameters = OAuthApi.asClient(client, more);
        parameters.put("grant_type", "authorization_code");
        parameters.put("code", code);
        return api.token(parameters);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
