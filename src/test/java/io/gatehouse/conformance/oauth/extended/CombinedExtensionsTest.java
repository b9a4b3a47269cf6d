package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.extended.CombinedApi.ofOwner;
import static io.gatehouse.conformance.oauth.extended.DpopApi.thumbprint;
import static io.gatehouse.conformance.oauth.extended.ExchangeApi.ACCESS_TOKEN;
import static io.gatehouse.conformance.oauth.extended.ExchangeApi.GRANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Certificates;
import io.gatehouse.testing.Certificates.Certified;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests pairs of extensions of the authorization server, each of which has tests of its own. */
class CombinedExtensionsTest {
    private static final String NO_PROOF = "A DPoP proof is required";
    private static final String NO_CERTIFICATE = "A client certificate is required";
    private static final String OTHER_KEY = "The DPoP proof is not of the key that the access token is bound to";
    private static final JWK thief = Assertions.key("ES256", null);

    private static CombinedApi api;

    @BeforeAll
    static void start() {
        api = new CombinedApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void jwtThatIsBoundToAKey_namesIt_andIsUsedWithItsProof() {
        JsonObject tokens = api.token(ofOwner(api.oauth.application), api.key, null)
                .isStatus(200)
                .json();
        assertThat(tokens.getString("token_type")).isEqualTo("DPoP");
        String token = tokens.getString("access_token");

        api.isBoundTo(token, Map.of("jkt", thumbprint(api.key)));
        api.call(token, api.key, null).isStatus(200);
        api.call(token, null, null).isStatus(401);
        api.call(token, thief, null).isError(401, "invalid_dpop_proof", OTHER_KEY);
    }

    @Test
    void jwtThatIsBoundToACertificate_namesIt_andIsUsedWithIt() {
        JsonObject client = api.register("certified", CombinedApi.certificateBound());
        String token = api.accessToken(ofOwner(client), null, api.certificate);

        api.isBoundTo(token, Map.of("x5t#S256", CombinedApi.digest(api.certificate)));
        api.call(token, null, api.certificate).isStatus(200);
        api.call(token, null, Certificates.of("CN=client").sign()).isStatus(401);
        api.call(token, null, null).isStatus(401);

        String both = api.accessToken(ofOwner(client), api.key, api.certificate);
        api.isBoundTo(both, Map.of("jkt", thumbprint(api.key), "x5t#S256", CombinedApi.digest(api.certificate)));
        api.call(both, api.key, api.certificate).isStatus(200);
        api.call(both, api.key, null).isStatus(401);
    }

    @Test
    void refreshedJwt_staysBound() {
        JsonObject open = api.oauth.gatehouse.register(
                "open",
                new JsonObject().put("client_type", "public").put("redirect_uris", List.of(OAuthApi.REDIRECT_URI)));
        JsonObject tokens =
                api.token(ofOwner(open), api.key, null).isStatus(200).json();
        Map<String, String> refresh =
                asClient(open, "grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token"));

        api.token(refresh, thief, null).isError(400, "invalid_grant", "The grant is bound to another key");
        api.token(refresh, null, null).isError(400, "invalid_dpop_proof", NO_PROOF);

        api.isBoundTo(api.accessToken(refresh, api.key, null), Map.of("jkt", thumbprint(api.key)));
    }

    @Test
    void exchangeOfATokenThatIsBoundToAKey_givesOneForTheKeyOfTheClient() {
        String subject = api.accessToken(ofOwner(api.oauth.application), api.key, null);
        Map<String, String> exchange = ExchangeApi.request(api.exchanger, subject);
        JWK own = Assertions.key("ES256", null);

        api.token(exchange, null, null).isError(400, "invalid_dpop_proof", NO_PROOF);
        JsonObject tokens = api.token(exchange, own, null).isStatus(200).json();

        assertThat(tokens.getString("token_type")).isEqualTo("DPoP");
        assertThat(tokens.getString("issued_token_type")).isEqualTo(ACCESS_TOKEN);
        String token = tokens.getString("access_token");
        api.isBoundTo(token, Map.of("jkt", thumbprint(own)));
        assertThat(api.call(token, own, null).isStatus(200).upstreamHeader("x-authenticated-userid"))
                .isEqualTo("owner-1");
        api.call(token, null, null).isStatus(401);
        api.call(token, api.key, null).isError(401, "invalid_dpop_proof", OTHER_KEY);
        // Nor does a further exchange give a bearer token.
        api.token(ExchangeApi.request(api.exchanger, token), null, null).isError(400, "invalid_dpop_proof", NO_PROOF);
    }

    @Test
    void exchangeOfATokenThatIsBoundToACertificate_givesOneForTheCertificateOfTheClient() {
        JsonObject client = api.register("presenting", CombinedApi.certificateBound());
        String subject = api.accessToken(ofOwner(client), null, api.certificate);
        Map<String, String> exchange = ExchangeApi.request(api.exchanger, subject);
        Certified own = Certificates.of("CN=exchanger").sign();

        api.token(exchange, null, null).isError(400, "invalid_request", NO_CERTIFICATE);
        String token = api.accessToken(exchange, null, own);

        api.isBoundTo(token, Map.of("x5t#S256", CombinedApi.digest(own)));
        api.call(token, null, own).isStatus(200);
        api.call(token, null, api.certificate).isStatus(401);
        api.call(token, null, null).isStatus(401);
    }

    @Test
    void exchangeOfABearerToken_isBoundByAProof_andForAClientThatNeedsOne() {
        String subject = api.accessToken(ofOwner(api.oauth.application), null, null);
        api.isBoundTo(
                api.accessToken(ExchangeApi.request(api.exchanger, subject), api.key, null),
                Map.of("jkt", thumbprint(api.key)));

        JsonObject client = api.register("bound", new JsonObject().put("dpop_bound_access_tokens", true));
        String owned = api.accessToken(ofOwner(client), api.key, null);
        api.token(ExchangeApi.request(client, owned), null, null).isError(400, "invalid_dpop_proof", NO_PROOF);
        api.token(ExchangeApi.request(client, owned), api.key, null).isStatus(200);
    }

    @Test
    void actorTokenThatIsBound_countsWithItsKeyAlone() {
        String subject = api.accessToken(ofOwner(api.oauth.application), null, null);
        String actor = api.accessToken(Gatehouse.clientCredentials(api.exchanger), api.key, null);
        Map<String, String> exchange = ExchangeApi.request(api.exchanger, subject, "actor_token", actor);

        api.token(exchange, null, null).isError(400, "invalid_request", "Invalid actor_token");
        api.token(exchange, thief, null).isError(400, "invalid_request", "Invalid actor_token");
        String token = api.accessToken(exchange, api.key, null);

        assertThat(api.introspect(token).getJsonObject("act").getString("client_id"))
                .isEqualTo(CombinedApi.EXCHANGER);
    }

    @Test
    void pluginThatChecksNoProofs_exchangesNoBoundToken() {
        JsonObject global = new JsonObject()
                .put("global_credentials", true)
                .put("enable_token_exchange", true)
                .put("token_exchange_clients", List.of("*"));
        for (String name : List.of("checking", "plain")) {
            api.oauth.gatehouse.createApi(name, "/" + name, api.oauth.upstream.port());
            JsonObject config = OAuthApi.allGrants().mergeIn(global);
            api.oauth.gatehouse.protect(name, name.equals("plain") ? config : config.mergeIn(DpopApi.config()));
        }
        String bound = DpopApi.send(
                        Http.form(
                                api.oauth.gatehouse.secureUrl("/checking/oauth2/token"),
                                ofOwner(api.oauth.application)),
                        DpopApi.claims("POST", DpopApi.ORIGIN + "/checking/oauth2/token"),
                        claims -> DpopApi.proof(api.key, claims))
                .isStatus(200)
                .json()
                .getString("access_token");

        api.oauth
                .gatehouse
                .token("/plain", ExchangeApi.request(api.exchanger, bound))
                .isError(400, "invalid_request", "Invalid subject_token");
    }

    @Test
    void grantTypesOfAClient_mayIncludeTheExchange() {
        JsonObject client =
                api.register("restricted", new JsonObject().put("grant_types", List.of("client_credentials", GRANT)));
        String own = api.accessToken(Gatehouse.clientCredentials(client), null, null);

        api.token(ExchangeApi.request(client, own), null, null).isStatus(200);
        api.token(ofOwner(client), null, null)
                .isError(400, "unauthorized_client", "The client may not use this grant_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens"})
    void clientOfBoundTokens_getsNoneInARedirect(String flag) {
        JsonObject client = api.register("browser-" + flag, new JsonObject().put(flag, true));
        Map<String, String> agreed = api.oauth.agreed("token");
        agreed.put("client_id", client.getString("client_id"));

        String redirect = api.oauth.authorize(agreed).isStatus(400).json().getString("redirect_uri");

        assertThat(OAuthApi.queryOf(redirect)).containsEntry("error", "unauthorized_client");
    }

    @Test
    void secondSecret_authenticatesAtEachEndpoint_untilItIsDeleted() {
        JsonObject client = api.register("two-secrets", new JsonObject());
        JsonObject second =
                api.oauth.gatehouse.create("/oauth2/" + client.getString("id") + "/secrets", new JsonObject());
        JsonObject bySecond = client.copy().put("client_secret", second.getString("client_secret"));
        String token = api.accessToken(ofOwner(bySecond), null, null);
        Map<String, Map<String, String>> requests = new LinkedHashMap<>();
        requests.put("introspect", asClient(bySecond, "token", token));
        requests.put("par", asClient(bySecond, "response_type", "code"));
        requests.put("device_authorization", asClient(bySecond));
        requests.put("revoke", asClient(bySecond, "token", token));

        requests.forEach((endpoint, parameters) -> assertThat(
                        api.oauth.post(endpoint, parameters).status())
                .as(endpoint)
                .isIn(200, 201));
        api.call(token, null, null).isStatus(401);
        api.oauth
                .gatehouse
                .admin("DELETE", "/oauth2_secrets/" + second.getString("id"))
                .isStatus(204);

        requests.forEach((endpoint, parameters) -> {
            Reply reply = api.oauth.post(endpoint, parameters);
            assertThat(reply.json().getString("error")).as(endpoint).isEqualTo("invalid_client");
        });
    }

    private static JsonObject metadata(String name) {
        return Http.send(Http.get(api.oauth.gatehouse.secureUrl("/.well-known/oauth-authorization-server/" + name)))
                .isStatus(200)
                .json();
    }

    @Test
    void metadata_hasTheExtensionsThatAreEnabled() {
        String[] members = {
            "jwks_uri",
            "registration_endpoint",
            "dpop_signing_alg_values_supported",
            "tls_client_certificate_bound_access_tokens",
            "mtls_endpoint_aliases"
        };
        assertThat(metadata("api").fieldNames()).contains(members);
        assertThat(metadata("api").getJsonArray("grant_types_supported")).contains(GRANT);
        api.oauth.gatehouse.createApi("off", "/off", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("off", OAuthApi.allGrants());

        assertThat(metadata("off").fieldNames()).doesNotContain(members);
        assertThat(metadata("off").getJsonArray("grant_types_supported")).doesNotContain(GRANT);
    }
}
