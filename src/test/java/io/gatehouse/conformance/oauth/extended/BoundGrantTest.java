package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.OAuthApi.queryOf;
import static io.gatehouse.conformance.oauth.extended.DpopApi.ISSUER;
import static io.gatehouse.conformance.oauth.extended.DpopApi.claims;
import static io.gatehouse.conformance.oauth.extended.DpopApi.proof;
import static io.gatehouse.conformance.oauth.extended.DpopApi.thumbprint;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests codes and refresh tokens that are bound to a key (RFC 9449 §5, §10), and attacks on them. */
class BoundGrantTest {
    private static final String OTHER_KEY = "The grant is bound to another key";
    private static final String NO_PROOF = "A DPoP proof is required";
    private static final JWK thief = Assertions.key("ES256", null);

    private static DpopApi api;
    private static JsonObject open;

    @BeforeAll
    static void start() {
        api = new DpopApi(new JsonObject().put("pkce", "none"));
        open = api.openClient("open");
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Map<String, String> refresh(JsonObject client, JsonObject tokens) {
        return asClient(client, "grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token"));
    }

    @Test
    void refreshTokenOfAPublicClient_isBoundToItsKey() {
        JsonObject tokens = api.tokens(open, api.key);

        api.token(refresh(open, tokens), thief).isError(400, "invalid_grant", OTHER_KEY);
        api.oauth.token(refresh(open, tokens)).isError(400, "invalid_dpop_proof", NO_PROOF);
        // The attempts have not used it up.
        JsonObject next =
                api.token(refresh(open, tokens), api.key).isStatus(200).json();

        assertThat(next.getString("token_type")).isEqualTo("DPoP");
        api.call(next.getString("access_token"), api.key).isStatus(200);
        api.token(refresh(open, next), thief).isError(400, "invalid_grant", OTHER_KEY);
    }

    @Test
    void refreshTokenOfAConfidentialClient_givesBoundTokensOnly() {
        JsonObject client = api.oauth.application;
        JsonObject tokens = api.tokens(client, api.key);

        api.oauth.token(refresh(client, tokens)).isError(400, "invalid_dpop_proof", NO_PROOF);
        JWK next = Assertions.key("ES256", null);
        String token =
                api.token(refresh(client, tokens), next).isStatus(200).json().getString("access_token");

        api.call(token, next).isStatus(200);
        DpopApi.isRefused(
                api.call(token, api.key),
                "invalid_dpop_proof",
                "The DPoP proof is not of the key that the access token is bound to");
    }

    @Test
    void refreshWithAProof_bindsABearerGrant() {
        JsonObject tokens = api.oauth
                .token(asClient(
                        open,
                        "grant_type",
                        "password",
                        "provision_key",
                        OAuthApi.PROVISION_KEY,
                        "authenticated_userid",
                        "owner-1"))
                .isStatus(200)
                .json();

        JsonObject bound =
                api.token(refresh(open, tokens), api.key).isStatus(200).json();

        api.oauth.token(refresh(open, bound)).isError(400, "invalid_dpop_proof", NO_PROOF);
        api.oauth.call(bound.getString("access_token")).isStatus(401);
    }

    @Test
    void keptRefreshToken_keepsItsKey() {
        api.oauth.gatehouse.createApi("keeping", "/keeping", api.oauth.upstream.port());
        api.oauth.gatehouse.protect(
                "keeping", OAuthApi.allGrants().mergeIn(DpopApi.config()).put("reuse_refresh_token", true));
        Map<String, String> password = asClient(
                open,
                "grant_type",
                "password",
                "provision_key",
                OAuthApi.PROVISION_KEY,
                "authenticated_userid",
                "owner-1");
        JsonObject tokens = at("/keeping", password, api.key).isStatus(200).json();

        JsonObject next =
                at("/keeping", refresh(open, tokens), api.key).isStatus(200).json();

        assertThat(next.getString("refresh_token")).isEqualTo(tokens.getString("refresh_token"));
        assertThat(next.getString("token_type")).isEqualTo("DPoP");
        at("/keeping", refresh(open, next), thief).isError(400, "invalid_grant", OTHER_KEY);
    }

    private static Reply at(String path, Map<String, String> parameters, JWK signer) {
        return DpopApi.send(
                Http.form(api.oauth.gatehouse.secureUrl(path + "/oauth2/token"), parameters),
                claims("POST", DpopApi.ORIGIN + path + "/oauth2/token"),
                claims -> proof(signer, claims));
    }

    private static Map<String, String> redemption(JsonObject client, String code) {
        return asClient(client, "grant_type", "authorization_code", "code", code);
    }

    private static String code(JsonObject client, String... namesAndValues) {
        Map<String, String> agreed = api.oauth.agreed("code", namesAndValues);
        agreed.put("client_id", client.getString("client_id"));
        return queryOf(api.oauth.authorize(agreed).isStatus(200).json().getString("redirect_uri"))
                .get("code");
    }

    @Test
    void codeWithAThumbprint_isRedeemedByThatKeyAlone() {
        String code = code(open, "dpop_jkt", thumbprint(api.key));

        api.token(redemption(open, code), thief).isError(400, "invalid_grant", OTHER_KEY);
        api.oauth.token(redemption(open, code)).isError(400, "invalid_dpop_proof", NO_PROOF);
        String token =
                api.token(redemption(open, code), api.key).isStatus(200).json().getString("access_token");
        api.call(token, api.key).isStatus(200);
    }

    @Test
    void replayedRedemption_revokesTheBoundTokens() {
        String code = code(open, "dpop_jkt", thumbprint(api.key));
        JsonObject tokens =
                api.token(redemption(open, code), api.key).isStatus(200).json();

        api.token(redemption(open, code), api.key).isStatus(400);

        api.call(tokens.getString("access_token"), api.key).isStatus(401);
    }

    @Test
    void codeWithoutAThumbprint_isBoundByItsRedemption() {
        String token = api.token(redemption(open, code(open)), api.key)
                .isStatus(200)
                .json()
                .getString("access_token");

        api.oauth.call(token).isStatus(401);
        api.call(token, api.key).isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "x",
                "a=",
                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs=",
                "NzbLsXh8uDCcd+6MNwXF4W/7noWXFZAfHkxZsRGC9Xs"
            })
    void malformedThumbprint_isRefused(String thumbprint) {
        String description = "dpop_jkt is not the SHA-256 thumbprint of a key";
        Reply reply = api.oauth.authorize(api.oauth.agreed("code", "dpop_jkt", thumbprint));

        assertThat(queryOf(reply.isStatus(400).json().getString("redirect_uri")))
                .containsEntry("error", "invalid_request")
                .containsEntry("error_description", description);
    }

    /** RFC 6749 §3.1. */
    @Test
    void emptyThumbprint_countsAsOmitted() {
        api.oauth.token(redemption(open, code(open, "dpop_jkt", ""))).isStatus(200);
    }

    private static Reply push(JWK signer, String... namesAndValues) {
        Map<String, String> parameters = asClient(open, namesAndValues);
        parameters.put("response_type", "code");
        return DpopApi.send(
                api.form("par", parameters), claims("POST", ISSUER + "/oauth2/par"), claims -> proof(signer, claims));
    }

    @Test
    void proofOfAPushedRequest_bindsItsCode() {
        String uri = push(api.key).isStatus(201).json().getString("request_uri");
        JsonObject shown = api.oauth
                .post("par", OAuthApi.parameters("request_uri", uri, "provision_key", OAuthApi.PROVISION_KEY))
                .isStatus(200)
                .json();
        assertThat(shown.getString("dpop_jkt")).isEqualTo(thumbprint(api.key));
        String code = code(open, "request_uri", uri);

        api.token(redemption(open, code), thief).isError(400, "invalid_grant", OTHER_KEY);
        api.token(redemption(open, code), api.key).isStatus(200);
    }

    @Test
    void pushedThumbprintOfAnotherKey_isRefused() {
        push(api.key, "dpop_jkt", thumbprint(thief))
                .isError(400, "invalid_dpop_proof", "The DPoP proof is not of the key that dpop_jkt names");
        push(api.key, "dpop_jkt", thumbprint(api.key)).isStatus(201);
    }

    @Test
    void pluginWithoutDpop_refusesBoundTokensAndGrants() {
        JsonObject global = OAuthApi.allGrants().put("global_credentials", true);
        for (String name : List.of("with", "without")) {
            api.oauth.gatehouse.createApi(name, "/" + name, api.oauth.upstream.port());
            JsonObject config = global.copy();
            api.oauth.gatehouse.protect(name, name.equals("with") ? config.mergeIn(DpopApi.config()) : config);
        }
        Map<String, String> password = asClient(
                open,
                "grant_type",
                "password",
                "provision_key",
                OAuthApi.PROVISION_KEY,
                "authenticated_userid",
                "owner-1");
        JsonObject tokens = at("/with", password, api.key).isStatus(200).json();
        String token = tokens.getString("access_token");

        api.oauth.gatehouse.getWithToken("/without", token).isStatus(401);
        DpopApi.send(
                        Http.get(api.oauth.gatehouse.proxyUrl("/without"), "Authorization", "DPoP " + token),
                        claims("GET", DpopApi.ORIGIN + "/without", token),
                        claims -> proof(api.key, claims))
                .isStatus(401);
        api.oauth.gatehouse.token("/without", refresh(open, tokens)).isError(400, "invalid_dpop_proof", NO_PROOF);
        assertThat(Http.send(Http.get(api.oauth.gatehouse.secureUrl("/.well-known/oauth-authorization-server/without")))
                        .text())
                .doesNotContain("dpop");
    }

    @Test
    void openidConnect_refusesABoundToken() {
        api.oauth.gatehouse.createApi("provider", "/provider", api.oauth.upstream.port());
        api.oauth.gatehouse.create(
                "/services/provider/plugins",
                new JsonObject()
                        .put("name", "openid-connect")
                        .put(
                                "config",
                                new JsonObject()
                                        .put("issuer", "https://127.0.0.1:1/")
                                        .put("auth_methods", List.of("kong_oauth2"))));
        api.oauth.gatehouse.createApi("global", "/global", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("global", DpopApi.config().put("global_credentials", true));
        Map<String, String> parameters = asClient(api.oauth.application, "grant_type", "client_credentials");
        String bearer = api.oauth
                .gatehouse
                .token("/global", parameters)
                .isStatus(200)
                .json()
                .getString("access_token");
        String bound = at("/global", parameters, api.key).isStatus(200).json().getString("access_token");

        api.oauth.gatehouse.getWithToken("/provider", bearer).isStatus(200);
        api.oauth.gatehouse.getWithToken("/provider", bound).isStatus(401);
    }
}
