package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.extended.ExchangeApi.ACCESS_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests attacks on the exchange of tokens (RFC 8693 §5): each leaves the attacker with what it had before. */
class ForgedExchangeTest {
    private static final String REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token";

    private static ExchangeApi api;

    @BeforeAll
    static void start() {
        api = new ExchangeApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static void isInvalid(Reply reply) {
        reply.isError(400, "invalid_request", "Invalid subject_token");
    }

    private static void isInvalidActor(Reply reply) {
        reply.isError(400, "invalid_request", "Invalid actor_token");
    }

    @Test
    void scope_isNotWidened() {
        String narrow = api.tokens(api.oauth.application, "scope", "email").getString("access_token");

        api.exchange(api.orders, narrow, "scope", "email profile")
                .isError(400, "invalid_scope", "\"profile\" is not a scope of the grant");
        String narrowed = api.exchanged(api.orders, api.subject(), "scope", "email");
        api.exchange(api.orders, narrowed, "scope", "profile")
                .isError(400, "invalid_scope", "\"profile\" is not a scope of the grant");
        String none = api.tokens(api.oauth.application).getString("access_token");
        api.exchange(api.orders, none, "scope", "email")
                .isError(400, "invalid_scope", "\"email\" is not a scope of the grant");
    }

    @Test
    void tokenInItsLastSecond_givesNoTokenWithoutEnd() throws SQLException {
        String subject = api.subject();
        api.execute("UPDATE oauth2_tokens SET created_at = floor(extract(epoch FROM now())) - expires_in WHERE "
                + ExchangeApi.isRowOf(subject));

        isInvalid(api.exchange(api.orders, subject));

        String actor = api.ofClient(api.orders);
        api.execute("UPDATE oauth2_tokens SET created_at = floor(extract(epoch FROM now())) - expires_in WHERE "
                + ExchangeApi.isRowOf(actor));
        isInvalidActor(api.exchange(api.orders, api.subject(), "actor_token", actor));
    }

    @Test
    void tokenThatIsNoLivingAccessToken_isInvalid() throws SQLException {
        JsonObject tokens = api.tokens(api.oauth.application);
        String expired = api.subject();
        api.execute("UPDATE oauth2_tokens SET created_at = 1 WHERE " + ExchangeApi.isRowOf(expired));
        String revoked = api.subject();
        api.oauth.post("revoke", api.oauth.asClient("token", revoked)).isStatus(200);

        for (String subject :
                List.of("unknown", tokens.getString("refresh_token"), api.oauth.code(), expired, revoked)) {
            isInvalid(api.exchange(api.orders, subject));
        }
        isInvalidActor(api.exchange(
                api.orders, tokens.getString("access_token"), "actor_token", tokens.getString("refresh_token")));
    }

    @Test
    void clientThatIsNotNamed_learnsNothingAboutTokensOfOthers() {
        Reply foreign = api.exchange(api.unnamed, api.subject());

        isInvalid(foreign);
        assertThat(foreign.text())
                .isEqualTo(api.exchange(api.unnamed, "unknown").text());
    }

    @Test
    void publicClient_exchangesNothing() {
        JsonObject app = api.oauth.gatehouse.register(
                "native", new JsonObject().put("client_type", "public").put("client_id", "native"));
        String owned = api.tokens(app).getString("access_token");

        api.exchange(app, owned).isError(400, "unauthorized_client", "Token exchange is for confidential clients only");
    }

    @Test
    void clientWithoutItsSecret_exchangesNothing() {
        Map<String, String> parameters = ExchangeApi.request(api.orders, api.subject());
        parameters.put("client_secret", "guess");

        api.oauth.token(parameters).isError(400, "invalid_client", "Invalid client authentication");
    }

    /** Otherwise a client whose id is the name of a resource owner would become that owner. */
    @Test
    void tokenOfAClientItself_isExchangedByThatClientAlone() {
        isInvalid(api.exchange(api.orders, api.ofClient(api.oauth.application)));
    }

    @Test
    void resourceOwnerOfTheRequest_doesNotCount() {
        Map<String, String> parameters = ExchangeApi.request(api.orders, api.subject());
        parameters.put("authenticated_userid", "victim");
        parameters.put("provision_key", PROVISION_KEY);

        String token = api.oauth.token(parameters).isStatus(200).json().getString("access_token");

        assertThat(api.introspect(token).getString("sub")).isEqualTo("owner-1");
    }

    @Test
    void actorToken_isOneOfTheClientItself() {
        String subject = api.subject();

        isInvalidActor(api.exchange(api.orders, subject, "actor_token", api.ofClient(api.billing)));
        isInvalidActor(api.exchange(api.orders, subject, "actor_token", subject));
        isInvalidActor(api.exchange(api.orders, subject, "actor_token", "unknown"));
        // It identifies the resource owner, for whom the client acts.
        String exchanged = api.exchanged(api.orders, subject);
        isInvalidActor(api.exchange(api.orders, subject, "actor_token", exchanged));
    }

    @Test
    void actor_staysWithoutAnActorTokenInALaterExchange() {
        String delegated = api.exchanged(api.orders, api.subject(), "actor_token", api.ofClient(api.orders));

        String again = api.exchanged(api.billing, delegated);

        assertThat(api.introspect(again).getJsonObject("act"))
                .isEqualTo(new JsonObject().put("sub", "orders").put("client_id", "orders"));
    }

    @Test
    void tokenIsExchangedFiveTimesAtMost() {
        String token = api.subject();
        for (int i = 0; i < 5; i++) {
            token = api.exchanged(i % 2 == 0 ? api.orders : api.billing, token);
        }

        api.exchange(api.orders, token).isError(400, "invalid_request", "The subject_token has been exchanged 5 times");
    }

    /** A global plugin at another Service does not make the token of a Service global. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tokenOfAnotherService_isInvalid(boolean isGlobal) {
        String name = isGlobal ? "global" : "other";
        api.oauth.gatehouse.createApi(name, "/" + name, api.oauth.upstream.port());
        api.oauth.gatehouse.protect(
                name,
                new JsonObject()
                        .put("enable_token_exchange", true)
                        .put("token_exchange_clients", List.of("*"))
                        .put("global_credentials", isGlobal));

        isInvalid(api.oauth.gatehouse.token("/" + name, ExchangeApi.request(api.orders, api.subject())));
    }

    @Test
    void tokenOfAServiceWhosePluginBecameGlobal_staysBoundToTheService() {
        JsonObject config = new JsonObject().put("enable_token_exchange", true).put("global_credentials", false);
        api.oauth.gatehouse.createApi("bound", "/bound", api.oauth.upstream.port());
        JsonObject plugin = api.oauth.gatehouse.protect("bound", config);
        String subject = api.oauth.gatehouse.clientCredentialsToken("/bound", api.orders);
        api.oauth.gatehouse.createApi("second", "/second", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("second", new JsonObject().put("global_credentials", true));
        api.oauth
                .gatehouse
                .admin(
                        "PATCH",
                        "/plugins/" + plugin.getString("id"),
                        new JsonObject().put("config", new JsonObject().put("global_credentials", true)))
                .isStatus(200);

        String exchanged = api.oauth
                .gatehouse
                .token("/bound", ExchangeApi.request(api.orders, subject))
                .isStatus(200)
                .json()
                .getString("access_token");

        api.oauth.gatehouse.getWithToken("/bound", exchanged).isStatus(200);
        api.oauth.gatehouse.getWithToken("/second", exchanged).isStatus(401);
    }

    @Test
    void resource_isNotLeft() {
        JsonObject config = new JsonObject()
                .put("enable_token_exchange", true)
                .put("enable_introspection", true)
                .put("global_credentials", true);
        for (String name : List.of("one", "two")) {
            api.oauth.gatehouse.createApi(name, "/" + name, api.oauth.upstream.port());
            api.oauth.gatehouse.protect(name, config);
        }
        String one = api.oauth.gatehouse.secureUrl("/one");
        String two = api.oauth.gatehouse.secureUrl("/two");
        Map<String, String> parameters = asClient(api.orders, "grant_type", "client_credentials", "resource", one);
        String subject = api.oauth
                .gatehouse
                .token("/one", parameters)
                .isStatus(200)
                .json()
                .getString("access_token");

        isInvalid(api.oauth.gatehouse.token("/two", ExchangeApi.request(api.orders, subject)));
        api.oauth
                .gatehouse
                .token("/one", ExchangeApi.request(api.orders, subject, "resource", two))
                .isError(400, "invalid_target", "The requested resource is not served here");
        String exchanged = api.oauth
                .gatehouse
                .token("/one", ExchangeApi.request(api.orders, subject))
                .isStatus(200)
                .json()
                .getString("access_token");
        assertThat(Http.send(Http.form(one + "/oauth2/introspect", asClient(api.orders, "token", exchanged)))
                        .json()
                        .getString("aud"))
                .isEqualTo(one);
    }

    @ParameterizedTest
    @CsvSource({
        "audience,https://other.example,invalid_target,'audience is not supported, use resource'",
        "requested_token_type,urn:ietf:params:oauth:token-type:jwt,invalid_request,requested_token_type must be "
                + ACCESS_TOKEN,
        "subject_token_type," + REFRESH_TOKEN + ",invalid_request,subject_token_type must be " + ACCESS_TOKEN,
        "subject_token_type,' ',invalid_request,Missing subject_token_type parameter",
        "subject_token,' ',invalid_request,subject_token_type is disallowed without subject_token",
        "actor_token_type," + ACCESS_TOKEN + ",invalid_request,actor_token_type is disallowed without actor_token"
    })
    void unsupportedParameter_isRefused(String name, String value, String error, String description) {
        Map<String, String> parameters = ExchangeApi.request(api.orders, api.subject());
        parameters.put(name, value);

        api.oauth.token(parameters).isError(400, error, description);
    }

    @Test
    void missingParameters_areNamed() {
        Map<String, String> parameters = ExchangeApi.request(api.orders, api.subject());
        parameters.remove("subject_token");
        parameters.remove("subject_token_type");
        api.oauth.token(parameters).isError(400, "invalid_request", "Missing subject_token parameter");

        Map<String, String> withActor = ExchangeApi.request(api.orders, api.subject());
        withActor.put("actor_token", "x");
        api.oauth.token(withActor).isError(400, "invalid_request", "Missing actor_token_type parameter");
    }
}
