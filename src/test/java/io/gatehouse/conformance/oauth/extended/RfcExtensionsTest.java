package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.CombinedApi.ofOwner;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests attacks on the extensions of an authorization server with {@code conformance=rfc}. The other tests have {@code kong}. */
class RfcExtensionsTest {
    private static final String INVALID_TOKEN = "The access token is invalid or has expired";
    private static final String INVALID_CLIENT = "Invalid client authentication";

    private static CombinedApi api;

    @BeforeAll
    static void start() {
        api = new CombinedApi();
        String plugin = api.oauth
                .gatehouse
                .admin("GET", "/services/api/plugins")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("id");
        api.oauth
                .gatehouse
                .admin(
                        "PATCH",
                        "/plugins/" + plugin,
                        new JsonObject().put("config", new JsonObject().put("conformance", "rfc")))
                .isStatus(200);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void stolenToken_isOfNoUseWithoutItsKey() {
        String token = api.accessToken(ofOwner(api.oauth.application), api.key, null);
        JWK thief = Assertions.key("ES256", null);

        api.call(token, api.key, null).isStatus(200);
        api.call(token, null, null).isError(401, "invalid_token", INVALID_TOKEN);
        api.oauth.gatehouse.get(OAuthApi.PATH + "?access_token=" + token).isError(401, "invalid_token", INVALID_TOKEN);
        api.oauth.gatehouse.get(OAuthApi.PATH, "Authorization", token).isError(401, "invalid_token", INVALID_TOKEN);
        api.call(token, thief, null)
                .isError(
                        401,
                        "invalid_dpop_proof",
                        "The DPoP proof is not of the key that the access token is bound to");
    }

    @Test
    void bearerToken_isNoBoundOne() {
        String token = api.accessToken(ofOwner(api.oauth.application), null, null);

        api.call(token, null, null).isStatus(200);
        api.call(token, api.key, null).isError(401, "invalid_token", INVALID_TOKEN);
    }

    @Test
    void exchange_widensNoScope_andReadsNoTokenInTheQuery() {
        Map<String, String> owner = ofOwner(api.oauth.application);
        owner.put("scope", "email");
        String subject = api.accessToken(owner, null, null);

        api.token(ExchangeApi.request(api.exchanger, subject, "scope", "email profile"), null, null)
                .isError(400, "invalid_scope", "profile is not a scope of the grant");
        String url = api.oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/token?subject_token=" + subject);
        Http.send(Http.form(url, ExchangeApi.request(api.exchanger, subject)))
                .isError(400, "invalid_request", "subject_token is disallowed in the query");
        api.token(ExchangeApi.request(api.exchanger, subject), null, null).isStatus(200);
    }

    @Test
    void clientWithACertificate_isNotImpersonated() {
        JsonObject client = api.register(
                "certified",
                new JsonObject()
                        .put("token_endpoint_auth_method", "self_signed_tls_client_auth")
                        .put("jwks", MutualTlsApi.set(api.certificate)));

        Reply refused = api.token(MutualTlsApi.ofItself(client), null, null);
        refused.isError(401, "invalid_client", INVALID_CLIENT);
        assertThat(refused.header("www-authenticate")).isEqualTo("Basic realm=\"OAuth2.0\"");
        api.token(MutualTlsApi.ofItself(client), null, api.certificate).isStatus(200);
    }

    /** The operator relies on the method, and has declared the client wrongly. */
    @Test
    void publicClientWithAMethod_isNotAcceptedByItsId() {
        JsonObject client = api.oauth.gatehouse.register(
                "declared",
                new JsonObject().put("client_type", "public").put("redirect_uris", List.of(OAuthApi.REDIRECT_URI)));
        api.token(ofOwner(client), null, null).isStatus(200);
        api.oauth.gatehouse.create(
                "/oauth2/" + client.getString("id") + "/metadata",
                new JsonObject()
                        .put("token_endpoint_auth_method", "self_signed_tls_client_auth")
                        .put("jwks", MutualTlsApi.set(api.certificate)));

        api.token(ofOwner(client), null, null).isError(401, "invalid_client", INVALID_CLIENT);
        api.token(ofOwner(client), null, api.certificate).isError(401, "invalid_client", INVALID_CLIENT);
    }

    @Test
    void registration_needsItsToken_andGetsNoGrantWithoutAResourceOwner() {
        JsonObject client = api.registered(new JsonObject());

        api.token(RegistrationApi.as(client, "grant_type", "client_credentials"), null, null)
                .isError(400, "unauthorized_client", "The client may not use this grant_type");
        String url = api.oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/register");
        Http.send(Http.json("POST", url, RegistrationApi.metadata().encode()).header("Authorization", "Bearer x"))
                .isError(401, "invalid_token", "The access token is invalid");
    }
}
