package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.AssertionApi.ISSUER;
import static io.gatehouse.conformance.oauth.extended.AssertionApi.isInvalid;
import static io.gatehouse.conformance.oauth.extended.AssertionApi.seconds;
import static io.gatehouse.conformance.oauth.extended.Assertions.claims;
import static io.gatehouse.conformance.oauth.extended.Assertions.request;
import static io.gatehouse.conformance.oauth.extended.Assertions.signed;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests clients that authenticate by assertions (RFC 7521 §4.2, RFC 7523 §2.2, §3), and their registration. */
class ClientAssertionTest {
    private static AssertionApi api;

    @BeforeAll
    static void start() {
        api = new AssertionApi(0);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "RS256", "RS512", "PS256", "PS384"})
    void privateKey_authenticatesAClient(String algorithm) {
        JWK key = algorithm.equals("ES256") ? api.curve : api.rsa;
        Reply reply = api.token(signed(algorithm, key, api.validClaims())).isStatus(200);

        api.oauth.call(reply.json().getString("access_token")).isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES384", "ES512"})
    void onlyKey_needsNoKid(String algorithm) {
        JWK key = Assertions.key(algorithm, null);
        String other = withKey("signer-" + algorithm, key);

        api.token(signed(algorithm, key, claims(other, ISSUER))).isStatus(200);
    }

    /** Libraries may derive it from the key, or from a certificate. */
    @Test
    void kidOfTheHeader_isCompared_ifTheKeyHasOne() {
        JWK key = Assertions.key("ES256", null);
        JWK sent = Assertions.named(key, "a");
        String without = withKey("without-kid", key);
        String other = withKey("other-kid", Assertions.named(key, "b"));

        api.token(signed("ES256", sent, claims(without, ISSUER))).isStatus(200);
        isInvalid(api.token(signed("ES256", sent, claims(other, ISSUER))));
    }

    private static String withKey(String name, JWK key) {
        return api.register(name, new JsonObject(), new JsonObject().put("jwks", Assertions.set(key)))
                .getString("client_id");
    }

    @Test
    void secret_authenticatesAClient() {
        api.token(signed("HS256", api.client.getString("client_secret"), api.validClaims()))
                .isStatus(200);
        JsonObject longer =
                api.oauth.gatehouse.register("longer", new JsonObject().put("client_secret", "s".repeat(64)));
        for (String algorithm : List.of("HS256", "HS384", "HS512")) {
            api.token(signed(algorithm, "s".repeat(64), claims(longer.getString("client_id"), ISSUER)))
                    .isStatus(200);
        }
    }

    @Test
    void assertion_authenticatesAtIntrospectionAndRevocation() {
        String access = api.token(api.fresh()).isStatus(200).json().getString("access_token");
        for (String endpoint : List.of("introspect", "revoke")) {
            Map<String, String> parameters = request(api.fresh());
            parameters.put("token", access);
            Reply reply = api.oauth.post(endpoint, parameters).isStatus(200);
            assertThat(reply.json().getBoolean("active", endpoint.equals("revoke")))
                    .isTrue();
        }
        api.oauth.call(access).isStatus(401);
    }

    @Test
    void otherGrants_acceptAnAssertion() {
        Map<String, String> parameters = request(api.fresh());
        parameters.put("grant_type", "password");
        parameters.put("provision_key", OAuthApi.PROVISION_KEY);
        parameters.put("authenticated_userid", "owner-1");

        api.oauth.token(parameters).isStatus(200);
    }

    @Test
    void audience_isTheIssuerOrItsTokenEndpoint() {
        String endpoint = ISSUER + "/oauth2/token";
        for (Object audience : List.of(ISSUER, endpoint, JsonArray.of(ISSUER), JsonArray.of(ISSUER, endpoint))) {
            api.tokenWith("aud", audience).isStatus(200);
        }
    }

    /** RFC 9126 §2. */
    @Test
    void audienceAtPushedRequests_isTheirEndpointToo() {
        JsonObject client = api.register(
                "pusher",
                new JsonObject().put("redirect_uris", List.of(OAuthApi.REDIRECT_URI)),
                new JsonObject().put("jwks", Assertions.set(api.curve)));
        String endpoint = ISSUER + "/oauth2/par";
        for (String audience : List.of(ISSUER, ISSUER + "/oauth2/token", endpoint)) {
            Map<String, String> parameters =
                    request(signed("ES256", api.curve, claims(client.getString("client_id"), audience)));
            parameters.put("response_type", "code");
            api.oauth.post("par", parameters).isStatus(201);
        }
        isInvalid("aud", api.tokenWith("aud", endpoint));
    }

    @Test
    void lifetime_hasALeeway() {
        for (long end : new long[] {-20, 1, 299, 320}) {
            api.tokenWith("exp", seconds(end)).isStatus(200);
        }
        for (String start : List.of("iat", "nbf")) {
            api.tokenWith(start, seconds(20)).isStatus(200);
            api.tokenWith(start, null).isStatus(200);
        }
    }

    @Test
    void clientIdBesideTheAssertion_isTheSameClient() {
        Map<String, String> parameters = request(api.fresh());
        parameters.put("client_id", api.clientId());
        api.oauth.token(parameters).isStatus(200);

        parameters.put("client_assertion", api.fresh());
        parameters.put("client_id", api.oauth.application.getString("client_id"));
        isInvalid(api.oauth.token(parameters));
    }

    /** PostgreSQL compares no text that contains NUL. */
    @Test
    void subjectWithControlCharacters_isNoClient() {
        String assertion = signed("ES256", api.curve, claims(api.clientId() + "\0", ISSUER));
        isInvalid(api.token(assertion));
        for (String endpoint : List.of("introspect", "revoke", "par")) {
            isInvalid(api.oauth.post(endpoint, request(assertion)));
        }
    }

    @Test
    void registeredMethod_isTheOnlyOne() {
        JsonObject strict = api.register(
                "strict",
                new JsonObject(),
                new JsonObject()
                        .put("jwks", Assertions.set(api.curve))
                        .put("token_endpoint_auth_method", "private_key_jwt"));
        String strictId = strict.getString("client_id");
        isInvalid(api.oauth.token(Gatehouse.clientCredentials(strict)));
        isInvalid(api.token(signed("HS256", strict.getString("client_secret"), claims(strictId, ISSUER))));
        api.token(signed("ES256", api.curve, claims(strictId, ISSUER))).isStatus(200);

        JsonObject post = api.register(
                "post", new JsonObject(), new JsonObject().put("token_endpoint_auth_method", "client_secret_post"));
        String postId = post.getString("client_id");
        api.oauth.token(Gatehouse.clientCredentials(post)).isStatus(200);
        isInvalid(api.token(signed("HS256", post.getString("client_secret"), claims(postId, ISSUER))));
    }

    @Test
    void replacedKey_countsAtOnce() {
        JWK old = Assertions.key("ES256", "curve");
        JsonObject rotated = api.oauth.gatehouse.register("rotated", new JsonObject());
        String id = rotated.getString("client_id");
        JsonObject metadata = api.oauth.gatehouse.create(
                "/oauth2/" + id + "/metadata", new JsonObject().put("jwks", Assertions.set(old)));
        api.token(signed("ES256", old, claims(id, ISSUER))).isStatus(200);

        api.oauth
                .gatehouse
                .admin(
                        "PATCH",
                        "/oauth2_metadata/" + metadata.getString("id"),
                        new JsonObject().put("jwks", Assertions.set(api.curve)))
                .isStatus(200);

        isInvalid(api.token(signed("ES256", old, claims(id, ISSUER))));
        api.token(signed("ES256", api.curve, claims(id, ISSUER))).isStatus(200);
    }

    @Test
    void metadata_listsMethodsAndAlgorithms() {
        JsonObject document = Http.send(
                        Http.get(api.oauth.gatehouse.secureUrl("/.well-known/oauth-authorization-server/api")))
                .isStatus(200)
                .json();
        for (String endpoint : List.of("token", "introspection", "revocation")) {
            assertThat(document.getJsonArray(endpoint + "_endpoint_auth_methods_supported"))
                    .contains("client_secret_jwt", "private_key_jwt");
            assertThat(document.getJsonArray(endpoint + "_endpoint_auth_signing_alg_values_supported"))
                    .contains("HS256", "RS256", "PS256", "ES256")
                    .doesNotContain("none");
        }
    }

    @Test
    void pluginWithoutThem_ignoresAssertions() {
        api.oauth.gatehouse.createApi("without", "/without", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("without", new JsonObject().put("issuer", ISSUER));

        isInvalid(api.oauth.gatehouse.token("/without", request(api.fresh())));
        assertThat(Http.send(Http.get(api.oauth.gatehouse.secureUrl("/.well-known/oauth-authorization-server/without")))
                        .text())
                .doesNotContain("_jwt", "signing_alg");
    }

    @Test
    void plugin_needsAnIssuer() {
        Reply refused = api.oauth.gatehouse.admin(
                "POST",
                "/plugins",
                new JsonObject()
                        .put("name", "oauth2")
                        .put(
                                "config",
                                new JsonObject()
                                        .put("enable_client_credentials", true)
                                        .put("enable_client_assertions", true)));

        refused.isStatus(400);
        assertThat(refused.json()
                        .getJsonObject("fields")
                        .getJsonObject("config")
                        .getString("issuer"))
                .isEqualTo("required field missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x | expected a JSON object with an array 'keys'",
                "{} | expected a JSON object with an array 'keys'",
                "{'keys':[]} | expected 1 to 16 keys",
                "{'keys':[1]} | invalid key: expected a JSON object",
                "{'keys':[{'kty':'oct','k':'c2VjcmV0'}]} | invalid key: only the public part of a key is accepted",
                "{'keys':[{'kty':'RSA','n':'AQAB','e':'AQAB'}]} | invalid key: an RSA key has 2048 to 8192 bits",
                "{'keys':[{'kty':'RSA','e':'AQAB'}]} | invalid key: could not load JWK",
                "{'keys':[{'kty':'OKP','crv':'Ed25519','x':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}]}"
                        + " | invalid key: unsupported kty"
            })
    void malformedSet_isRefused(String set, String violation) {
        Reply refused = api.oauth.gatehouse.admin(
                "POST",
                "/oauth2/" + api.oauth.application.getString("id") + "/metadata",
                new JsonObject().put("jwks", set.replace('\'', '"')));

        refused.isStatus(400);
        assertThat(refused.json().getJsonObject("fields").getString("jwks")).isEqualTo(violation);
    }

    @Test
    void metadata_isOneForEachClientAndHasNoPrivateKey() {
        String path = "/oauth2/" + api.clientId() + "/metadata";
        api.oauth.gatehouse.admin("POST", path, new JsonObject()).isStatus(409);
        JsonObject other = api.oauth.gatehouse.register("private", new JsonObject());
        String whole = new com.nimbusds.jose.jwk.JWKSet(api.curve).toString(false);
        for (JsonObject refused : List.of(
                new JsonObject().put("jwks", whole),
                new JsonObject().put("jwks", Assertions.set(api.curve, api.curve)),
                new JsonObject()
                        .put("jwks", Assertions.set(Assertions.key("ES256", null), Assertions.key("ES256", "b"))),
                new JsonObject().put("token_endpoint_auth_method", "private_key_jwt"),
                new JsonObject().put("token_endpoint_auth_method", "none"))) {
            api.oauth
                    .gatehouse
                    .admin("POST", "/oauth2/" + other.getString("id") + "/metadata", refused)
                    .isStatus(400);
        }
    }
}
