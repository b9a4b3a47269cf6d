package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.extended.ExchangeApi.ACCESS_TOKEN;
import static io.gatehouse.conformance.oauth.extended.ExchangeApi.GRANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what an exchange of tokens gives (RFC 8693), and how long. {@link ForgedExchangeTest} has the attacks. */
class TokenExchangeTest {
    private static ExchangeApi api;

    @BeforeAll
    static void start() {
        api = new ExchangeApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject actor(String subject, String clientId) {
        return new JsonObject().put("sub", subject).put("client_id", clientId);
    }

    private static void isServed(String token) {
        api.oauth.call(token).isStatus(200);
    }

    private static void isRefused(String token) {
        api.oauth.call(token).isStatus(401);
        assertThat(api.introspect(token)).isEqualTo(new JsonObject().put("active", false));
    }

    @Test
    void impersonatingClient_getsATokenOfTheResourceOwner() {
        Reply reply = api.exchange(api.orders, api.subject(), "scope", "email", "requested_token_type", ACCESS_TOKEN);

        JsonObject tokens = reply.isStatus(200).json();
        assertThat(tokens.fieldNames())
                .containsExactlyInAnyOrder("access_token", "issued_token_type", "token_type", "expires_in");
        assertThat(tokens.getString("issued_token_type")).isEqualTo(ACCESS_TOKEN);
        assertThat(tokens.getString("token_type")).isEqualTo("bearer");
        String token = tokens.getString("access_token");
        Reply call = api.oauth.call(token).isStatus(200);
        assertThat(call.upstreamHeader("x-authenticated-userid")).isEqualTo("owner-1");
        assertThat(call.upstreamHeader("x-authenticated-scope")).isEqualTo("email");
        assertThat(call.upstreamHeader("x-consumer-username")).isEqualTo("team-orders");
        JsonObject shown = api.introspect(token);
        assertThat(shown.getString("sub")).isEqualTo("owner-1");
        assertThat(shown.getString("client_id")).isEqualTo("orders");
        assertThat(shown.containsKey("act")).isFalse();
    }

    @Test
    void exchangeWithoutScope_givesAndNamesThatOfTheSubject() {
        JsonObject tokens =
                api.exchange(api.orders, api.subject()).isStatus(200).json();

        assertThat(tokens.getString("scope")).isEqualTo("email profile");
        assertThat(api.introspect(tokens.getString("access_token")).getString("scope"))
                .isEqualTo("email profile");
    }

    @Test
    void delegatingClient_isShownByIntrospectionWithThoseBefore() {
        String first = api.exchanged(api.orders, api.subject(), "actor_token", api.ofClient(api.orders));
        assertThat(api.introspect(first).getJsonObject("act")).isEqualTo(actor("orders", "orders"));
        String employee =
                api.tokens(api.billing, "authenticated_userid", "employee-7").getString("access_token");

        String second = api.exchanged(api.billing, first, "actor_token", employee);

        JsonObject shown = api.introspect(second);
        assertThat(shown.getString("sub")).isEqualTo("owner-1");
        assertThat(shown.getString("client_id")).isEqualTo("billing");
        assertThat(shown.getJsonObject("act"))
                .isEqualTo(actor("employee-7", "billing").put("act", actor("orders", "orders")));
        assertThat(api.oauth.call(second).upstreamHeader("x-authenticated-userid"))
                .isEqualTo("owner-1");
    }

    @Test
    void unnamedClient_narrowsItsOwnTokens() {
        String owned = api.tokens(api.unnamed, "scope", "email profile").getString("access_token");

        String narrowed = api.exchanged(api.unnamed, owned, "scope", "profile");

        assertThat(api.introspect(narrowed).getString("scope")).isEqualTo("profile");
        isServed(api.exchanged(api.unnamed, api.ofClient(api.unnamed)));
    }

    @Test
    void exchangedToken_expiresWithTheTokensThatItComesFrom() throws SQLException {
        String subject = api.subject();
        String actor = api.ofClient(api.orders);
        assertThat(api.exchange(api.orders, subject).json().getInteger("expires_in"))
                .isBetween(7_190, 7_200);
        api.execute("UPDATE oauth2_tokens SET created_at = created_at - 7000 WHERE " + ExchangeApi.isRowOf(subject));
        assertThat(api.exchange(api.orders, subject).json().getInteger("expires_in"))
                .isBetween(150, 200);
        api.execute("UPDATE oauth2_tokens SET created_at = created_at - 7100 WHERE " + ExchangeApi.isRowOf(actor));
        assertThat(api.exchange(api.orders, subject, "actor_token", actor)
                        .json()
                        .getInteger("expires_in"))
                .isBetween(50, 100);
        api.execute("UPDATE oauth2_tokens SET expires_in = 0, delete_at = NULL WHERE " + ExchangeApi.isRowOf(subject));

        assertThat(api.exchange(api.orders, subject).json().getInteger("expires_in"))
                .isEqualTo(7_200);
    }

    @Test
    void exchangedToken_outlivesARefreshOfTheSubject() {
        JsonObject tokens = api.tokens(api.oauth.application);
        String exchanged = api.exchanged(api.orders, tokens.getString("access_token"));

        api.oauth.refresh(tokens.getString("refresh_token")).isStatus(200);

        isServed(exchanged);
        api.exchange(api.orders, tokens.getString("access_token"))
                .isError(400, "invalid_request", "Invalid subject_token");
    }

    /** The exchanged token is cached before its grant ends. */
    @ParameterizedTest
    @ValueSource(strings = {"revocation", "replay", "token", "transfer", "bulk", "application", "consumer"})
    void exchangedTokens_endWithTheGrantOfTheSubject(String end) throws SQLException {
        JsonObject application = api.register("ends-by-" + end);
        JsonObject tokens = api.tokens(application);
        String first = api.exchanged(api.orders, tokens.getString("access_token"));
        String second = api.exchanged(api.billing, first);
        isServed(first);
        isServed(second);

        end(end, application, tokens);

        isRefused(first);
        isRefused(second);
        api.oauth.gatehouse.admin("GET", "/oauth2_tokens/" + first).isStatus(404);
    }

    private static void end(String end, JsonObject application, JsonObject tokens) throws SQLException {
        String refreshToken = tokens.getString("refresh_token");
        switch (end) {
            case "revocation" ->
                api.oauth
                        .post("revoke", asClient(application, "token", refreshToken))
                        .isStatus(200);
            case "replay" -> {
                refresh(application, refreshToken).isStatus(200);
                api.execute("UPDATE oauth2_rotated_tokens SET rotated_at = rotated_at - 60");
                refresh(application, refreshToken).isStatus(400);
            }
            case "token" -> delete("/oauth2_tokens/" + tokens.getString("access_token"), 204);
            case "transfer" ->
                api.oauth
                        .gatehouse
                        .admin(
                                "PATCH",
                                "/oauth2_tokens/" + tokens.getString("access_token"),
                                new JsonObject()
                                        .put("credential", new JsonObject().put("id", api.unnamed.getString("id"))))
                        .isStatus(200);
            case "bulk" -> delete("/oauth2_tokens?credential=" + application.getString("client_id"), 200);
            case "application" -> delete("/oauth2/" + application.getString("id"), 204);
            default -> delete("/consumers/team-" + application.getString("client_id"), 204);
        }
    }

    private static void delete(String path, int status) {
        api.oauth.gatehouse.admin("DELETE", path).isStatus(status);
    }

    private static Reply refresh(JsonObject application, String refreshToken) {
        return api.oauth.token(asClient(application, "grant_type", "refresh_token", "refresh_token", refreshToken));
    }

    @Test
    void clientThatRevokesAnExchangedToken_endsThoseThatComeFromItAlone() {
        String subject = api.subject();
        String first = api.exchanged(api.orders, subject);
        String second = api.exchanged(api.billing, first);
        String other = api.exchanged(api.billing, subject);
        isServed(second);

        api.oauth.post("revoke", asClient(api.orders, "token", first)).isStatus(200);

        isRefused(first);
        isRefused(second);
        isServed(other);
        isServed(subject);
    }

    @Test
    void tokenOfAClient_endsTheTokensThatComeFromIt() {
        String subject = api.ofClient(api.unnamed);
        String exchanged = api.exchanged(api.unnamed, subject);
        isServed(exchanged);

        api.oauth.post("revoke", asClient(api.unnamed, "token", subject)).isStatus(200);

        isRefused(exchanged);
    }

    @Test
    void grant_isPublishedAndServedOnlyWhereItIsEnabled() {
        String issuer = api.oauth.gatehouse.secureUrl(OAuthApi.PATH);
        assertThat(Http.send(Http.get(issuer + "/.well-known/oauth-authorization-server"))
                        .json()
                        .getJsonArray("grant_types_supported"))
                .contains(GRANT);
        api.oauth.gatehouse.createApi("without", "/without", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("without", new JsonObject());
        assertThat(Http.send(Http.get(
                                api.oauth.gatehouse.secureUrl("/without") + "/.well-known/oauth-authorization-server"))
                        .text())
                .doesNotContain("exchange");
        api.oauth
                .gatehouse
                .token("/without", ExchangeApi.request(api.orders, api.subject()))
                .isError(400, "unsupported_grant_type", "Invalid grant_type");
    }

    @Test
    void pluginWithoutScopes_ignoresTheScopeOfAnExchange() {
        api.oauth.gatehouse.createApi("unscoped", "/unscoped", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("unscoped", new JsonObject().put("enable_token_exchange", true));
        String subject = api.oauth.gatehouse.clientCredentialsToken("/unscoped", api.orders);

        JsonObject exchanged = api.oauth
                .gatehouse
                .token("/unscoped", ExchangeApi.request(api.orders, subject, "scope", "read"))
                .isStatus(200)
                .json();

        // RFC 8693 §2.2.1
        assertThat(exchanged.getString("scope")).isEmpty();
    }

    @Test
    void plugin_mayHaveNoOtherGrant() {
        api.oauth.gatehouse.createApi("alone", "/alone", api.oauth.upstream.port());

        api.oauth.gatehouse.create(
                "/services/alone/plugins",
                new JsonObject()
                        .put("name", "oauth2")
                        .put("config", new JsonObject().put("enable_token_exchange", true)));
    }
}
