package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RFC 6749 §6, RFC 9700 §4.14.2; docs/reference/oauth2.md#token-endpoint. */
class RefreshTokenGrantTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static void configure(JsonObject config) {
        api.gatehouse
                .admin("PATCH", "/plugins/" + api.plugin.getString("id"), new JsonObject().put("config", config))
                .isStatus(200);
    }

    @Test
    void bothTokensAreReplacedAndTheOldAccessTokenStopsAtOnce() {
        JsonObject first = api.tokens("scope", "email");
        api.call(first.getString("access_token")).isStatus(200);

        JsonObject second =
                api.refresh(first.getString("refresh_token")).isStatus(200).json();

        assertThat(second.getString("refresh_token")).isNotEqualTo(first.getString("refresh_token"));
        api.call(first.getString("access_token")).isStatus(401);
        Reply call = api.call(second.getString("access_token")).isStatus(200);
        assertThat(call.upstreamHeader("x-authenticated-scope")).isEqualTo("email");
        assertThat(call.upstreamHeader("x-authenticated-userid")).isEqualTo("owner-1");
    }

    @Test
    void anUnknownRefreshTokenIsInvalid() {
        api.refresh("nonsense").isError(400, "invalid_request", "Invalid refresh_token");
    }

    @Test
    void refreshTokenOfAnotherClientIsRefused() {
        JsonObject other =
                api.gatehouse.register("someone-else", new JsonObject().put("redirect_uris", List.of(REDIRECT_URI)));
        String refreshToken = api.tokens().getString("refresh_token");

        api.token(asClient(other, "grant_type", "refresh_token", "refresh_token", refreshToken))
                .isError(400, "invalid_client", "Invalid client authentication");

        api.refresh(refreshToken).isStatus(200);
    }

    @Test
    void aScopeThatWasWithdrawnIsAMismatch() {
        String refreshToken = api.tokens("scope", "email profile").getString("refresh_token");
        try {
            configure(new JsonObject().put("scopes", List.of("email")));
            api.refresh(refreshToken).isError(400, "invalid_scope", "Scope mismatch");
        } finally {
            configure(new JsonObject().put("scopes", List.of("email", "profile")));
        }
        api.refresh(refreshToken).isStatus(200);
    }

    /** RFC 6749 §3.3, §5.1: clients such as requests-oauthlib and Authlib repeat the scope of their first request. */
    @Test
    void pluginWithoutScopes_ignoresTheScopeOfARefresh() {
        for (boolean reuse : new boolean[] {false, true}) {
            configure(new JsonObject().putNull("scopes").put("reuse_refresh_token", reuse));
            try {
                JsonObject first = api.tokens("scope", "read");
                assertThat(first.getString("scope")).isEmpty();

                JsonObject second =
                        refreshWithScope(first, "read").isStatus(200).json();

                assertThat(second.getString("scope")).isEmpty();
                Reply call = api.call(second.getString("access_token")).isStatus(200);
                assertThat(call.upstreamHeader("x-authenticated-scope")).isNull();
            } finally {
                configure(new JsonObject()
                        .put("scopes", List.of("email", "profile"))
                        .put("reuse_refresh_token", false));
            }
        }
    }

    @Test
    void scopeOfAGrant_isNotWidenedOnceThePluginHasNoScopes() {
        JsonObject first = api.tokens("scope", "email");
        configure(new JsonObject().putNull("scopes"));
        try {
            refreshWithScope(first, "profile").isError(400, "invalid_scope", "\"profile\" is not a scope of the grant");
            refreshWithScope(first, "email").isStatus(200);
        } finally {
            configure(new JsonObject().put("scopes", List.of("email", "profile")));
        }
    }

    private static Reply refreshWithScope(JsonObject tokens, String scope) {
        return api.token(api.asClient(
                "grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token"), "scope", scope));
    }

    @Test
    void withReuseTheRefreshTokenStaysAndTheAccessTokenChanges() {
        try {
            configure(new JsonObject().put("reuse_refresh_token", true));
            JsonObject first = api.tokens();
            api.call(first.getString("access_token")).isStatus(200);

            JsonObject second =
                    api.refresh(first.getString("refresh_token")).isStatus(200).json();

            assertThat(second.getString("refresh_token")).isEqualTo(first.getString("refresh_token"));
            api.call(first.getString("access_token")).isStatus(401);
            api.call(second.getString("access_token")).isStatus(200);
            api.refresh(first.getString("refresh_token")).isStatus(200);
        } finally {
            configure(new JsonObject().put("reuse_refresh_token", false));
        }
    }

    @Test
    void withinTheGraceARotatedTokenIsOnlyRefused() {
        JsonObject first = api.tokens();
        JsonObject second =
                api.refresh(first.getString("refresh_token")).isStatus(200).json();

        api.refresh(first.getString("refresh_token")).isError(400, "invalid_request", "Invalid refresh_token");

        api.call(second.getString("access_token")).isStatus(200);
        api.refresh(second.getString("refresh_token")).isStatus(200);
    }

    @Test
    void ofTwoRotationsAtTheSameMomentExactlyOneSucceedsAndItsTokensWork() {
        for (int round = 0; round < 100; round++) {
            String refreshToken = api.tokens().getString("refresh_token");
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                replies.add(Http.sendAsync(Http.form(
                        api.gatehouse.secureUrl("/api/oauth2/token"),
                        api.asClient("grant_type", "refresh_token", "refresh_token", refreshToken))));
            }
            List<Reply> answers = replies.stream().map(CompletableFuture::join).toList();
            assertThat(answers.stream().map(Reply::status)).containsExactlyInAnyOrder(200, 400);
            Reply winner = answers.stream()
                    .filter(answer -> answer.status() == 200)
                    .findFirst()
                    .orElseThrow();
            api.call(winner.json().getString("access_token")).isStatus(200);
        }
    }

    @Test
    void afterTheGraceARotatedTokenRevokesItsFamily() {
        JsonObject first = api.tokens();
        JsonObject second =
                api.refresh(first.getString("refresh_token")).isStatus(200).json();
        api.call(second.getString("access_token")).isStatus(200);
        // The grace is over as soon as a whole second has passed.
        configure(new JsonObject().put("refresh_token_grace", 0));
        try {
            await().untilAsserted(() -> {
                api.refresh(first.getString("refresh_token")).isError(400, "invalid_request", "Invalid refresh_token");
                api.call(second.getString("access_token")).isStatus(401);
            });
            api.refresh(second.getString("refresh_token")).isError(400, "invalid_request", "Invalid refresh_token");
            assertThat(Http.send(Http.get(api.gatehouse.statusUrl("/metrics"))).text())
                    .contains("gatehouse_token_families_revoked_total{reason=\"re-used refresh token\"}");
        } finally {
            configure(new JsonObject().put("refresh_token_grace", 10));
        }
    }

    @Test
    void aTokenBoundToAServiceStaysBoundThroughAPluginWithGlobalCredentials() {
        other();
        for (boolean reuse : new boolean[] {false, true}) {
            String refreshToken = api.tokens().getString("refresh_token");
            configure(new JsonObject().put("global_credentials", true).put("reuse_refresh_token", reuse));
            try {
                JsonObject refreshed = api.refresh(refreshToken).isStatus(200).json();

                api.gatehouse
                        .getWithToken("/other", refreshed.getString("access_token"))
                        .isStatus(401);
                api.call(refreshed.getString("access_token")).isStatus(200);
                // The successor's successor too.
                JsonObject again = api.refresh(refreshed.getString("refresh_token"))
                        .isStatus(200)
                        .json();
                api.gatehouse
                        .getWithToken("/other", again.getString("access_token"))
                        .isStatus(401);
            } finally {
                configure(new JsonObject().put("global_credentials", false).put("reuse_refresh_token", false));
            }
        }
    }

    @Test
    void aCodeBoundToAServiceGivesATokenBoundToIt() {
        other();
        String code = api.code();
        configure(new JsonObject().put("global_credentials", true));
        try {
            JsonObject tokens = api.token(api.asClient("grant_type", "authorization_code", "code", code))
                    .isStatus(200)
                    .json();

            api.gatehouse
                    .getWithToken("/other", tokens.getString("access_token"))
                    .isStatus(401);
            api.call(tokens.getString("access_token")).isStatus(200);
        } finally {
            configure(new JsonObject().put("global_credentials", false));
        }
    }

    /** Another API, open to global tokens. */
    @Test
    void onceTokensDoNotExpireARefreshGivesAnAccessTokenAlone() {
        JsonObject first = api.tokens();
        try {
            configure(new JsonObject().put("token_expiration", 0));

            JsonObject second =
                    api.refresh(first.getString("refresh_token")).isStatus(200).json();

            assertThat(second.fieldNames()).containsExactlyInAnyOrder("access_token", "token_type");
            api.call(first.getString("access_token")).isStatus(401);
            api.call(second.getString("access_token")).isStatus(200);
        } finally {
            configure(new JsonObject().put("token_expiration", 7200));
        }
    }

    private static void other() {
        if (api.gatehouse.admin("GET", "/services/other").status() == 404) {
            api.gatehouse.createApi("other", "/other", api.upstream.port());
            api.gatehouse.protect("other", new JsonObject().put("global_credentials", true));
        }
    }

    @Test
    void anExpiredPairsAccessTokenIsRefusedAndItsRefreshTokenStillWorks() {
        JsonObject imported = api.gatehouse.create(
                "/oauth2_tokens",
                new JsonObject()
                        .put("credential", new JsonObject().put("id", api.application.getString("id")))
                        .put("service", new JsonObject().put("name", "api"))
                        .put("expires_in", 1)
                        .put("created_at", 1_000_000)
                        .put("refresh_token", "an-imported-refresh-token"));
        api.call(imported.getString("access_token")).isStatus(401);

        JsonObject refreshed =
                api.refresh("an-imported-refresh-token").isStatus(200).json();

        api.call(refreshed.getString("access_token")).isStatus(200);
    }
}
