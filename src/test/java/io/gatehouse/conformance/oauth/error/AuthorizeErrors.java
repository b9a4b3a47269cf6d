package io.gatehouse.conformance.oauth.error;

import static io.gatehouse.conformance.oauth.error.ErrorRow.row;
import static io.gatehouse.conformance.oauth.error.ErrorTableApi.INVALID_CLIENT;
import static io.gatehouse.conformance.oauth.error.ErrorTableApi.REDIRECT_MISMATCH;
import static io.gatehouse.conformance.oauth.error.ErrorTableApi.with;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The errors of the authorization endpoint. */
final class AuthorizeErrors {
    private final OAuthApi api;
    private final JsonObject app;

    AuthorizeErrors(ErrorTableApi setup) {
        api = setup.api;
        app = setup.app;
    }

    List<ErrorRow> rows() {
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
                redirected(
                        "a public client without a challenge for a token",
                        api.agreed("token", "client_id", app.getString("client_id")),
                        OAuth2Error.INVALID_REQUEST,
                        "code_challenge is required for public clients"),
                new ErrorRow(
                        "a confidential client without a challenge where all need one",
                        () -> unwrapped(Http.send(Http.form(
                                api.gatehouse.secureUrl("/strict/oauth2/authorize"),
                                api.agreed("code", "scope", "email")))),
                        OAuth2Error.INVALID_REQUEST,
                        "code_challenge is required for confidential clients",
                        ""),
                new ErrorRow(
                        "no scope where one is needed",
                        () -> unwrapped(Http.send(
                                Http.form(api.gatehouse.secureUrl("/strict/oauth2/authorize"), api.agreed("code")))),
                        OAuth2Error.INVALID_REQUEST,
                        "code_challenge is required for confidential clients",
                        ""));
    }

    private ErrorRow redirected(String when, Map<String, String> request, OAuth2Error error, String description) {
        return row(when, () -> unwrapped(api.authorize(request)), error, description);
    }

    /** The error out of the redirect URI, as if it stood in the body. */
    private static Reply unwrapped(Reply reply) {
        Map<String, String> query = OAuthApi.queryOf(reply.isStatus(400).json().getString("redirect_uri"));
        return reply.withText(new JsonObject(new LinkedHashMap<String, Object>(query)).encode());
    }
}
