package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scopes per route: RFC 6750 §3.1. */
class RequiredScopesTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("required_scopes", List.of("email", "profile")));
        protect("rfc", new JsonObject().put("required_scopes", List.of("email", "profile")));
        protect("unscoped", new JsonObject());
        protect(
                "proven",
                new JsonObject().put("required_scopes", List.of("email")).put("enable_dpop", true));
    }

    private static void protect(String name, JsonObject config) {
        api.gatehouse.createApi(name, "/" + name, api.upstream.port());
        api.gatehouse.protect(
                name,
                OAuthApi.allGrants()
                        .put("conformance", "rfc")
                        .put("issuer", api.gatehouse.secureUrl("/" + name))
                        .mergeIn(config));
    }

    private static String metadata(String name) {
        return "resource_metadata=\"" + api.gatehouse.secureUrl("/.well-known/oauth-protected-resource/" + name) + "\"";
    }

    private static String challenge(Reply reply, int status) {
        return reply.isStatus(status).header("www-authenticate");
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void aTokenWithEveryRequiredScopePasses() {
        api.call(api.tokens("scope", "profile email").getString("access_token")).isStatus(200);
    }

    @Test
    void aTokenThatLacksOneIsForbiddenAndToldWhatIsNeeded() {
        Reply reply = api.call(api.tokens("scope", "email").getString("access_token"));

        reply.isError(
                403, "insufficient_scope", "The request requires higher privileges than provided by the access token");
        assertThat(reply.header("www-authenticate"))
                .isEqualTo("Bearer error=\"insufficient_scope\", error_description=\"The request requires higher"
                        + " privileges than provided by the access token\", scope=\"email profile\"");
    }

    /** RFC 6750 §3: the client knows for which scopes to ask. */
    @Test
    void unauthorizedCall_namesTheRequiredScopes_whenThePluginFollowsTheRfcs() {
        String wanted = "scope=\"email profile\", " + metadata("rfc");
        assertThat(challenge(api.gatehouse.get("/rfc"), 401)).isEqualTo("Bearer " + wanted);
        assertThat(challenge(api.gatehouse.getWithToken("/rfc", "unknown"), 401))
                .isEqualTo("Bearer error=\"invalid_token\", error_description=\"The access token is invalid or has"
                        + " expired\", " + wanted);
        assertThat(challenge(api.gatehouse.get("/rfc", "Authorization", "Basic YTpi"), 401))
                .isEqualTo("Bearer " + wanted);
    }

    @Test
    void unauthorizedCall_namesNoScope_whenNoneIsRequired() {
        assertThat(challenge(api.gatehouse.get("/unscoped"), 401)).isEqualTo("Bearer " + metadata("unscoped"));
    }

    @Test
    void unauthorizedCall_namesNoScope_whenThePluginFollowsKong() {
        assertThat(challenge(api.gatehouse.get(OAuthApi.PATH), 401)).isEqualTo("Bearer");
        assertThat(challenge(api.call("unknown"), 401)).doesNotContain("scope");
    }

    /** RFC 9449 §7.1: each challenge has them. */
    @Test
    void unauthorizedCall_namesTheRequiredScopes_inEachChallenge() {
        assertThat(challenge(api.gatehouse.get("/proven"), 401))
                .startsWith("Bearer scope=\"email\", " + metadata("proven") + ", DPoP scope=\"email\", algs=\"");
    }

    /** The client asks for them and calls again. */
    @Test
    void callWithTooFewScopes_namesThemOnce_whenThePluginFollowsTheRfcs() {
        String token = api.gatehouse
                .token(
                        "/rfc",
                        api.asClient(
                                "grant_type",
                                "password",
                                "provision_key",
                                OAuthApi.PROVISION_KEY,
                                "authenticated_userid",
                                "owner-1",
                                "scope",
                                "email"))
                .isStatus(200)
                .json()
                .getString("access_token");
        assertThat(challenge(api.gatehouse.getWithToken("/rfc", token), 403))
                .isEqualTo("Bearer error=\"insufficient_scope\", error_description=\"The request requires higher"
                        + " privileges than provided by the access token\", scope=\"email profile\", "
                        + metadata("rfc"));
    }
}
