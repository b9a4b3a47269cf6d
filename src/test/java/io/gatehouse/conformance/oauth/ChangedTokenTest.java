package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what a client can do with a token that an administrator has changed (docs/reference/oauth2.md#entities). */
class ChangedTokenTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("enable_introspection", true));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    /** A pair whose access token has less scope than its refresh token. */
    private static JsonObject narrowed() {
        String refreshToken = api.tokens("scope", "email profile").getString("refresh_token");
        Map<String, String> parameters =
                api.asClient("grant_type", "refresh_token", "refresh_token", refreshToken, "scope", "email");
        return api.token(parameters).isStatus(200).json();
    }

    private static Reply change(String method, JsonObject tokens, JsonObject values) {
        return api.gatehouse
                .admin(method, "/oauth2_tokens/" + tokens.getString("access_token"), values)
                .isStatus(200);
    }

    private static JsonObject whole() {
        return new JsonObject()
                .put("credential", new JsonObject().put("id", api.application.getString("id")))
                .put("service", new JsonObject().put("name", "api"))
                .put("expires_in", 600);
    }

    private static Object refreshedScope(JsonObject tokens) {
        String refreshed = api.refresh(tokens.getString("refresh_token"))
                .isStatus(200)
                .json()
                .getString("access_token");
        return api.call(refreshed).isStatus(200).upstreamHeader("x-authenticated-scope");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PATCH", "PUT"})
    void refreshToken_losesTheScopesThatAWriteOfScopeRemoves(String method) {
        JsonObject tokens = narrowed();
        JsonObject values = method.equals("PUT") ? whole() : new JsonObject();

        // The access token has this scope already, and its refresh token has more.
        change(method, tokens, values.put("scope", "email"));

        assertThat(api.post("introspect", asClient(api.application, "token", tokens.getString("refresh_token")))
                        .json()
                        .getString("scope"))
                .isEqualTo("email");
        assertThat(refreshedScope(tokens)).isEqualTo("email");
    }

    @Test
    void refreshToken_losesItsScope_whenAWriteRemovesScope() {
        JsonObject patched = narrowed();
        change("PATCH", patched, new JsonObject().putNull("scope"));
        assertThat(refreshedScope(patched)).isNull();

        JsonObject put = narrowed();
        change("PUT", put, whole());
        assertThat(refreshedScope(put)).isNull();
    }

    @Test
    void refreshToken_keepsItsScope_whenAPatchDoesNotNameScope() {
        JsonObject tokens = narrowed();

        change("PATCH", tokens, new JsonObject().put("expires_in", 500));

        assertThat(refreshedScope(tokens)).isEqualTo("email profile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PATCH", "PUT"})
    void refreshToken_isInvalid_afterItIsSetToNull(String method) {
        JsonObject tokens = api.tokens();
        JsonObject values = method.equals("PUT") ? whole() : new JsonObject();

        Reply changed = change(method, tokens, values.putNull("refresh_token"));

        assertThat(changed.json().getString("access_token")).isEqualTo(tokens.getString("access_token"));
        api.refresh(tokens.getString("refresh_token")).isError(400, "invalid_request", "Invalid refresh_token");
        api.call(tokens.getString("access_token")).isStatus(200);
    }

    @Test
    void refreshToken_staysValid_whenAWriteOmitsIt() {
        JsonObject tokens = api.tokens();

        change("PUT", tokens, whole());

        api.refresh(tokens.getString("refresh_token")).isStatus(200);
    }
}
