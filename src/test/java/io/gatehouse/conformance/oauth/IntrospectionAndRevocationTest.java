package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RFC 7662 and RFC 7009, opt-in. */
class IntrospectionAndRevocationTest {
    private static OAuthApi api;
    private static JsonObject stranger;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("enable_introspection", true).put("enable_revocation", true));
        stranger = api.gatehouse.register("stranger", new JsonObject().put("redirect_uris", List.of(REDIRECT_URI)));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply introspect(JsonObject client, String token) {
        return api.post("introspect", asClient(client, "token", token));
    }

    @Test
    void aClientSeesItsOwnTokenByEitherHalf() {
        JsonObject tokens = api.tokens("scope", "email");

        for (String half : List.of("access_token", "refresh_token")) {
            JsonObject answer = introspect(api.application, tokens.getString(half))
                    .isStatus(200)
                    .json();
            assertThat(answer.getBoolean("active")).isTrue();
            assertThat(answer.getString("scope")).isEqualTo("email");
            assertThat(answer.getString("client_id")).isEqualTo(api.application.getString("client_id"));
            assertThat(answer.getString("sub")).isEqualTo("owner-1");
            // Of the token itself: the refresh token ends with its row.
            long life = half.equals("access_token") ? 7_200 : 1_209_600;
            assertThat(answer.getLong("exp")).isEqualTo(answer.getLong("iat") + life);
            assertThat(answer.containsKey("token_type")).isEqualTo(half.equals("access_token"));
        }
    }

    @Test
    void nothingIsSaidOfWhatTheCallerMayNotSee() {
        String token = api.tokens().getString("access_token");

        assertThat(introspect(stranger, token).isStatus(200).json()).isEqualTo(new JsonObject().put("active", false));
        assertThat(introspect(api.application, "nonsense").isStatus(200).json())
                .isEqualTo(new JsonObject().put("active", false));
    }

    @Test
    void theApisOwnerAsksWithTheProvisionKey() {
        String token = api.tokens().getString("access_token");

        assertThat(api.post("introspect", parameters("token", token, "provision_key", OAuthApi.PROVISION_KEY))
                        .isStatus(200)
                        .json()
                        .getBoolean("active"))
                .isTrue();
        api.post("introspect", parameters("token", token, "provision_key", "wrong"))
                .isError(400, "invalid_provision_key", "Invalid provision_key");
    }

    @Test
    void whoeverCannotShowWhoTheyAreLearnsNothing() {
        String token = api.tokens().getString("access_token");

        api.post("introspect", parameters("token", token))
                .isError(400, "invalid_client", "Invalid client authentication");
        api.post("introspect", asClient(api.application)).isError(400, "invalid_request", "Missing token parameter");
    }

    @Test
    void aRevokedTokenTakesItsPairWithIt() {
        JsonObject tokens = api.tokens();
        api.call(tokens.getString("access_token")).isStatus(200);

        api.post("revoke", api.asClient("token", tokens.getString("refresh_token")))
                .isStatus(200);

        api.call(tokens.getString("access_token")).isStatus(401);
        api.refresh(tokens.getString("refresh_token")).isStatus(400);
        assertThat(introspect(api.application, tokens.getString("access_token"))
                        .json()
                        .getBoolean("active"))
                .isFalse();
    }

    @Test
    void revokingSomebodyElsesOrNobodysTokenIsAnsweredTheSameAndChangesNothing() {
        String token = api.tokens().getString("access_token");

        api.post("revoke", asClient(stranger, "token", token)).isStatus(200);
        api.post("revoke", asClient(stranger, "token", "nonsense")).isStatus(200);

        api.call(token).isStatus(200);
    }

    @Test
    void withoutTheOptInTheEndpointsAreApiCallsLikeAnyOther() {
        try (OAuthApi plain = new OAuthApi(new JsonObject())) {
            plain.post("introspect", plain.asClient("token", "x"))
                    .isError(401, "invalid_request", "The access token is missing");
            plain.post("revoke", plain.asClient("token", "x"))
                    .isError(401, "invalid_request", "The access token is missing");
        }
    }

    @Test
    void refreshToken_isActiveAfterItsAccessTokenHasExpired() {
        try (OAuthApi brief =
                new OAuthApi(new JsonObject().put("enable_introspection", true).put("token_expiration", 1))) {
            JsonObject tokens = brief.tokens();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> brief.call(tokens.getString("access_token")).status() == 401);

            assertThat(active(brief, tokens.getString("access_token"))).isFalse();
            assertThat(active(brief, tokens.getString("refresh_token"))).isTrue();
        }
    }

    private static boolean active(OAuthApi of, String token) {
        return of.post("introspect", of.asClient("token", token))
                .isStatus(200)
                .json()
                .getBoolean("active");
    }

    /** The cache of a proxy keeps a token until the same time. */
    @Test
    void tokenThatIsImportedFromTheFuture_endsWithItsRow() {
        long now = System.currentTimeMillis() / 1_000;
        JsonObject imported = api.gatehouse.create(
                "/oauth2_tokens",
                new JsonObject()
                        .put("credential", new JsonObject().put("id", api.application.getString("id")))
                        .put("service", api.plugin.getJsonObject("service"))
                        .put("refresh_token", "a refresh token of the future")
                        .put("created_at", now + 7_200)
                        .put("expires_in", 3_600)
                        .put("ttl", 600));

        for (String half : List.of("access_token", "refresh_token")) {
            JsonObject answer = introspect(api.application, imported.getString(half))
                    .isStatus(200)
                    .json();
            assertThat(answer.getBoolean("active")).isTrue();
            assertThat(answer.getLong("exp")).isBetween(now + 600, now + 660);
        }
    }

    @Test
    void clientCredentialsToken_hasTheClientAsItsSubject() {
        String token = api.gatehouse.clientCredentialsToken(OAuthApi.PATH, api.application);

        assertThat(introspect(api.application, token).json().getString("sub"))
                .isEqualTo(api.application.getString("client_id"));
    }

    @Test
    void namedConfidentialClient_seesEveryTokenOfTheService() {
        JsonObject named = api.gatehouse.register("resource-server", new JsonObject());
        JsonObject unauthenticated = api.gatehouse.register("app", new JsonObject().put("client_type", "public"));
        String path = "/plugins/" + api.plugin.getString("id");
        String token = api.tokens().getString("access_token");
        for (String entry : List.of(named.getString("client_id"), "*")) {
            api.gatehouse
                    .admin(
                            "PATCH",
                            path,
                            new JsonObject()
                                    .put(
                                            "config",
                                            new JsonObject()
                                                    .put(
                                                            "introspection_clients",
                                                            List.of(entry, unauthenticated.getString("client_id")))))
                    .isStatus(200);

            assertThat(introspect(named, token).json().getBoolean("active")).isTrue();
            assertThat(introspect(stranger, token).json().getBoolean("active")).isEqualTo(entry.equals("*"));
            introspect(unauthenticated, token).isStatus(401);
        }
        api.gatehouse
                .admin("PATCH", path, new JsonObject().put("config", new JsonObject().putNull("introspection_clients")))
                .isStatus(200);
    }

    /** RFC 7662 §2.1: the caller is authorized. A public client shows no more than an id, which is public. */
    @Test
    void publicClient_cannotIntrospect() {
        JsonObject app = publicClient("introspecting");
        String token = api.tokens().getString("access_token");
        for (String presented : List.of(token, tokenOf(app), "nonsense")) {
            Reply refused = introspect(app, presented);
            refused.isError(401, "invalid_client", "Invalid client authentication");
            assertThat(refused.header("www-authenticate")).isEqualTo("Basic realm=\"OAuth2.0\"");
        }
        api.post("introspect", parameters("client_id", app.getString("client_id")))
                .isError(401, "invalid_client", "Invalid client authentication");
    }

    /** RFC 7009 §2.1. */
    @Test
    void publicClient_revokesItsOwnTokensAlone() {
        JsonObject app = publicClient("revoking");
        String own = tokenOf(app);
        String foreign = api.tokens().getString("access_token");

        api.post("revoke", asClient(app, "token", own)).isStatus(200);
        api.post("revoke", asClient(app, "token", foreign)).isStatus(200);

        api.call(own).isStatus(401);
        api.call(foreign).isStatus(200);
        api.post("revoke", parameters("token", foreign, "client_id", api.application.getString("client_id")))
                .isError(400, "invalid_client", "Invalid client authentication");
    }

    private static JsonObject publicClient(String name) {
        return api.gatehouse.register(
                name, new JsonObject().put("client_type", "public").put("redirect_uris", List.of(REDIRECT_URI)));
    }

    private static String tokenOf(JsonObject client) {
        // The challenge that Kong requires of a public client, also for a token.
        Reply agreed = api.authorize(
                api.agreed("token", "client_id", client.getString("client_id"), "code_challenge", "c".repeat(43)));
        return OAuthApi.fragmentOf(agreed.isStatus(200).json().getString("redirect_uri"))
                .get("access_token");
    }
}
