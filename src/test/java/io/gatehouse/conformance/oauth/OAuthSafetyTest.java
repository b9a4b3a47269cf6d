package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Requests that must not give a token, or must not end one grant while another lives (docs/reference/oauth2.md). {@link
 * CodeRedemptionTest} has those with an authorization code.
 */
class OAuthSafetyTest {
    private static OAuthApi api;
    private static JsonObject publicClient;
    private static JsonObject otherClient;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject()
                .put("enable_introspection", true)
                .put("enable_revocation", true)
                .put("failed_secrets_per_minute", 0));
        publicClient = api.gatehouse.register(
                "phone", new JsonObject().put("client_type", "public").put("redirect_uris", List.of(REDIRECT_URI)));
        otherClient = api.gatehouse.register("other", new JsonObject().put("redirect_uris", List.of(REDIRECT_URI)));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void publicClient_getsNoTokenByClientCredentials() {
        api.token(asClient(publicClient, "grant_type", "client_credentials"))
                .isError(400, "unauthorized_client", "The client_credentials grant is for confidential clients only");
        api.token(asClient(
                        publicClient,
                        "grant_type",
                        "client_credentials",
                        "provision_key",
                        PROVISION_KEY,
                        "authenticated_userid",
                        "owner"))
                .isStatus(400);
    }

    @Test
    void revokingRotatedRefreshToken_endsItsSuccessor() {
        JsonObject first = api.tokens();
        JsonObject second =
                api.refresh(first.getString("refresh_token")).isStatus(200).json();
        api.call(second.getString("access_token")).isStatus(200);

        api.post("revoke", api.asClient("token", first.getString("refresh_token")))
                .isStatus(200);

        api.call(second.getString("access_token")).isStatus(401);
        api.refresh(second.getString("refresh_token")).isStatus(400);
    }

    @Test
    void revokingRotatedRefreshToken_changesNothing_whenAnotherClientAsks() {
        JsonObject first = api.tokens();
        JsonObject second =
                api.refresh(first.getString("refresh_token")).isStatus(200).json();

        api.post("revoke", asClient(otherClient, "token", first.getString("refresh_token")))
                .isStatus(200);

        api.call(second.getString("access_token")).isStatus(200);
    }

    @TestFactory
    Stream<DynamicTest> lifetime_isWholeSeconds() {
        api.gatehouse.createApi("lifetime", "/lifetime", api.upstream.port());
        String plugin = api.gatehouse.protect("lifetime", new JsonObject()).getString("id");
        return Stream.of("token_expiration", "refresh_token_ttl")
                .flatMap(field -> Stream.of(0.4, 7200.5, 1e-9)
                        .map(value -> DynamicTest.dynamicTest(field + "=" + value, () -> {
                            Reply reply = api.gatehouse.admin(
                                    "PATCH",
                                    "/plugins/" + plugin,
                                    new JsonObject().put("config", new JsonObject().put(field, value)));
                            reply.isStatus(400);
                            assertThat(reply.text()).contains("expected whole seconds");
                        })));
    }

    @TestFactory
    Stream<DynamicTest> resourceOwner_isNamedInAtMost1024Bytes() {
        String longest = "é".repeat(512);
        record Row(String where, Function<String, Reply> request, int good) {}
        return Stream.of(
                        new Row("authorize, code", user -> authorize("code", user), 200),
                        new Row("authorize, token", user -> authorize("token", user), 200),
                        new Row("password", user -> api.token(owner("password", user)), 200),
                        new Row("client_credentials", user -> api.token(owner("client_credentials", user)), 200),
                        new Row("import", user -> api.gatehouse.admin("POST", "/oauth2_tokens", imported(user)), 201),
                        new Row("change", OAuthSafetyTest::changed, 200))
                .map(row -> DynamicTest.dynamicTest(row.where, () -> {
                    row.request.apply(longest).isStatus(row.good);
                    row.request.apply(longest + "e").isStatus(400);
                    row.request.apply("x".repeat(60_000)).isStatus(400);
                }));
    }

    @Test
    void timestamps_areNeverInTheFuture() {
        for (int i = 0; i < 10; i++) {
            String token = api.tokens().getString("access_token");
            long iat = api.post("introspect", api.asClient("token", token))
                    .isStatus(200)
                    .json()
                    .getLong("iat");
            // PostgreSQL runs on this machine, by the same clock.
            assertThat(iat * 1000).isLessThanOrEqualTo(System.currentTimeMillis());
        }
    }

    @Test
    void refresh_narrowsTheScope_andTheRefreshTokenKeepsIt() {
        JsonObject wide = api.tokens("scope", "email profile");
        JsonObject narrow = refresh(wide, "email").isStatus(200).json();
        assertThat(narrow.getString("scope")).isNull();
        assertThat(scopeOf(narrow)).isEqualTo("email");

        JsonObject again = refresh(narrow, "profile").isStatus(200).json();
        assertThat(scopeOf(again)).isEqualTo("profile");
        JsonObject all =
                api.refresh(again.getString("refresh_token")).isStatus(200).json();
        assertThat(scopeOf(all)).isEqualTo("email profile");
    }

    @Test
    void refresh_refusesWiderScope() {
        JsonObject narrow = api.tokens("scope", "email");
        refresh(narrow, "email profile").isError(400, "invalid_scope", "\"profile\" is not a scope of the grant");
        refresh(narrow, "xyz").isError(400, "invalid_scope", "\"xyz\" is not a scope of the grant");
        JsonObject none = api.tokens();
        refresh(none, "email").isError(400, "invalid_scope", "\"email\" is not a scope of the grant");
        api.refresh(narrow.getString("refresh_token")).isStatus(200);
    }

    @Test
    void refresh_neverWidensATokenOfOneService() {
        api.gatehouse.createApi("widening", "/widening", api.upstream.port());
        JsonObject plugin = api.gatehouse.protect("widening", OAuthApi.allGrants());
        api.gatehouse.createApi("global", "/global", api.upstream.port());
        api.gatehouse.protect("global", OAuthApi.allGrants().put("global_credentials", true));
        JsonObject tokens = api.gatehouse
                .token("/widening", owner("password", "owner-1"))
                .isStatus(200)
                .json();
        api.gatehouse
                .admin(
                        "PATCH",
                        "/plugins/" + plugin.getString("id"),
                        new JsonObject().put("config", new JsonObject().put("global_credentials", true)))
                .isStatus(200);

        JsonObject refreshed = api.gatehouse
                .token(
                        "/widening",
                        api.asClient("grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token")))
                .isStatus(200)
                .json();

        api.gatehouse
                .getWithToken("/widening", refreshed.getString("access_token"))
                .isStatus(200);
        api.gatehouse
                .getWithToken("/global", refreshed.getString("access_token"))
                .isStatus(401);
        api.gatehouse
                .token(
                        "/global",
                        api.asClient(
                                "grant_type", "refresh_token", "refresh_token", refreshed.getString("refresh_token")))
                .isError(400, "invalid_request", "Invalid refresh_token");
    }

    private static String scopeOf(JsonObject tokens) {
        return api.call(tokens.getString("access_token")).isStatus(200).upstreamHeader("x-authenticated-scope");
    }

    private static Reply refresh(JsonObject tokens, String scope) {
        return api.token(api.asClient(
                "grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token"), "scope", scope));
    }

    private static Reply authorize(String type, String user) {
        Map<String, String> parameters = api.agreed(type);
        parameters.put("authenticated_userid", user);
        return api.authorize(parameters);
    }

    private static Map<String, String> owner(String grant, String user) {
        return api.asClient("grant_type", grant, "provision_key", PROVISION_KEY, "authenticated_userid", user);
    }

    private static JsonObject imported(String user) {
        return new JsonObject()
                .put("credential", new JsonObject().put("id", api.application.getString("id")))
                .put("expires_in", 60)
                .put("authenticated_userid", user);
    }

    private static Reply changed(String user) {
        String id = api.gatehouse.create("/oauth2_tokens", imported("u")).getString("id");
        return api.gatehouse.admin("PATCH", "/oauth2_tokens/" + id, new JsonObject().put("authenticated_userid", user));
    }
}
