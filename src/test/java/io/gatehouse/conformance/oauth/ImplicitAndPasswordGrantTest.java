package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static io.gatehouse.conformance.oauth.OAuthApi.fragmentOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RFC 6749 §4.2 and §4.3; docs/reference/oauth2.md#authorization-endpoint, docs/reference/oauth2.md#token-endpoint. */
class ImplicitAndPasswordGrantTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("mandatory_scope", true));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void theImplicitGrantPutsTheTokenIntoTheFragmentAndGivesNoRefreshToken() {
        Reply reply = api.authorize(api.agreed("token", "scope", "email", "state", "x y"))
                .isStatus(200);

        String uri = reply.json().getString("redirect_uri");
        assertThat(uri).startsWith(REDIRECT_URI + "#access_token=");
        Map<String, String> fragment = fragmentOf(uri);
        assertThat(fragment)
                .containsOnlyKeys("access_token", "token_type", "expires_in", "state")
                .containsEntry("token_type", "bearer")
                .containsEntry("state", "x y");
        Reply call = api.call(fragment.get("access_token")).isStatus(200);
        assertThat(call.upstreamHeader("x-authenticated-userid")).isEqualTo("owner-1");
    }

    @Test
    void thePasswordGrantGivesATokenPair() {
        JsonObject tokens = api.tokens("scope", "email");

        assertThat(tokens.fieldNames())
                .containsExactlyInAnyOrder("access_token", "token_type", "expires_in", "refresh_token");
        assertThat(api.call(tokens.getString("access_token")).isStatus(200).upstreamHeader("x-authenticated-scope"))
                .isEqualTo("email");
    }

    @Test
    void thePasswordGrantWantsTheProvisionKeyThenTheOwnerThenTheScope() {
        Map<String, String> parameters = api.asClient("grant_type", "password");
        api.token(parameters).isError(400, "invalid_provision_key", "Invalid provision_key");

        parameters.put("provision_key", OAuthApi.PROVISION_KEY);
        api.token(parameters).isError(400, "invalid_authenticated_userid", "Missing authenticated_userid parameter");

        parameters.put("authenticated_userid", "owner-1");
        api.token(parameters).isError(400, "invalid_scope", "You must specify a scope");

        parameters.put("scope", "email nonsense");
        api.token(parameters).isError(400, "invalid_scope", "\"nonsense\" is an invalid scope");
    }

    @Test
    void aGrantThatIsNotEnabledIsUnsupported() {
        JsonObject off = new JsonObject().put("enable_password_grant", false);
        JsonObject on = new JsonObject().put("enable_password_grant", true);
        String plugin = "/plugins/" + api.plugin.getString("id");
        api.gatehouse
                .admin("PATCH", plugin, new JsonObject().put("config", off))
                .isStatus(200);
        try {
            api.token(api.asClient("grant_type", "password"))
                    .isError(400, "unsupported_grant_type", "Invalid grant_type");
        } finally {
            api.gatehouse
                    .admin("PATCH", plugin, new JsonObject().put("config", on))
                    .isStatus(200);
        }
    }
}
