package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.DpopApi.ISSUER;
import static io.gatehouse.conformance.oauth.extended.DpopApi.TOKEN_URL;
import static io.gatehouse.conformance.oauth.extended.DpopApi.claims;
import static io.gatehouse.conformance.oauth.extended.DpopApi.header;
import static io.gatehouse.conformance.oauth.extended.DpopApi.isRefused;
import static io.gatehouse.conformance.oauth.extended.DpopApi.proof;
import static io.gatehouse.conformance.oauth.extended.DpopApi.signed;
import static io.gatehouse.conformance.oauth.extended.DpopApi.thumbprint;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests tokens that are bound to a key, and the calls with them (RFC 9449). */
class DpopTest {
    private static final String INVALID = "The access token is invalid or has expired";

    private static DpopApi api;

    @BeforeAll
    static void start() {
        api = new DpopApi(new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void proof_bindsATokenToItsKey() {
        Reply reply = api.token(Gatehouse.clientCredentials(api.oauth.application), api.key)
                .isStatus(200);
        assertThat(reply.json().getString("token_type")).isEqualTo("DPoP");
        String token = reply.json().getString("access_token");

        Reply call = api.call(token, api.key).isStatus(200);
        assertThat(call.upstreamHeader("x-consumer-username")).isEqualTo("alex");
        assertThat(call.upstreamHeader("authorization")).isEqualTo("DPoP " + token);
        api.call(token, api.key).isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "ES384", "ES512", "RS256", "RS512", "PS256", "PS384"})
    void asymmetricAlgorithms_areAccepted(String algorithm) {
        JWK key = Assertions.key(algorithm, null);
        JWSHeader header = header(algorithm, key).build();
        Reply reply = DpopApi.send(
                        api.form("token", Gatehouse.clientCredentials(api.oauth.application)),
                        claims("POST", TOKEN_URL),
                        claims -> signed(header, key, claims))
                .isStatus(200);

        String token = reply.json().getString("access_token");
        DpopApi.send(api.get(token), claims("GET", ISSUER, token), claims -> signed(header, key, claims))
                .isStatus(200);
    }

    @Test
    void requestWithoutANonce_getsOne() {
        Reply atTheEndpoint = api.post(
                "token", Gatehouse.clientCredentials(api.oauth.application), proof(api.key, claims("POST", TOKEN_URL)));
        atTheEndpoint.isError(400, "use_dpop_nonce", "The DPoP proof needs the nonce of this response");
        String token = api.bound();
        Reply atTheApi = Http.send(api.get(token).header("DPoP", proof(api.key, claims("GET", ISSUER, token))));
        isRefused(atTheApi, "use_dpop_nonce", "The DPoP proof needs the nonce of this response");

        for (Reply reply : List.of(atTheEndpoint, atTheApi)) {
            assertThat(reply.header("dpop-nonce")).matches("[A-Za-z0-9_-]{32}");
            assertThat(reply.header("cache-control")).isEqualTo("no-store");
        }
    }

    @Test
    void nonceOfTheTokenEndpoint_isThatOfTheApi() {
        String token = api.bound();
        String nonce = api.nonce();

        Http.send(api.get(token)
                        .header(
                                "DPoP",
                                proof(api.key, claims("GET", ISSUER, token).put("nonce", nonce))))
                .isStatus(200);
    }

    @Test
    void requestWithoutAProof_givesABearerToken() {
        Reply reply = api.oauth
                .token(Gatehouse.clientCredentials(api.oauth.application))
                .isStatus(200);
        assertThat(reply.json().getString("token_type")).isEqualTo("bearer");
        String token = reply.json().getString("access_token");

        api.oauth.call(token).isStatus(200);
        isRefused(api.call(token, api.key), "invalid_token", INVALID);
    }

    @Test
    void boundToken_isNoBearerToken() {
        String token = api.bound();
        for (Reply reply : List.of(
                api.oauth.call(token),
                api.oauth.gatehouse.get(OAuthApi.PATH, "Authorization", token),
                api.oauth.gatehouse.get(OAuthApi.PATH, "Authorization", "Token " + token),
                api.oauth.gatehouse.get(OAuthApi.PATH + "?access_token=" + token))) {
            reply.isError(401, "invalid_token", INVALID);
            assertThat(reply.header("www-authenticate"))
                    .startsWith("Bearer error=")
                    .contains(", DPoP algs=\"ES256 ");
        }
    }

    @Test
    void requestWithoutAToken_isChallengedForBothSchemes() {
        Reply reply = api.oauth.gatehouse.get(OAuthApi.PATH).isStatus(401);

        assertThat(reply.header("www-authenticate"))
                .isEqualTo("Bearer, DPoP algs=\"ES256 ES384 ES512 RS256 RS384 RS512 PS256 PS384 PS512\"");
    }

    @Test
    void introspection_namesTheKey() {
        JsonObject found = api.oauth
                .post("introspect", api.oauth.asClient("token", api.bound()))
                .isStatus(200)
                .json();

        assertThat(found.getString("token_type")).isEqualTo("DPoP");
        assertThat(found.getJsonObject("cnf")).isEqualTo(new JsonObject().put("jkt", thumbprint(api.key)));
    }

    @Test
    void metadata_listsTheAlgorithms() {
        for (String document : List.of("oauth-authorization-server", "oauth-protected-resource")) {
            assertThat(Http.send(Http.get(api.oauth.gatehouse.secureUrl("/.well-known/" + document + "/api")))
                            .isStatus(200)
                            .json()
                            .getJsonArray("dpop_signing_alg_values_supported"))
                    .contains("ES256", "RS256")
                    .doesNotContain("HS256", "none");
        }
    }

    @Test
    void clientThatRegistersBoundTokens_getsNoOther() {
        JsonObject client = api.oauth.gatehouse.register("bound", new JsonObject());
        api.oauth.gatehouse.create(
                "/oauth2/" + client.getString("id") + "/metadata",
                new JsonObject().put("dpop_bound_access_tokens", true));

        api.oauth
                .token(Gatehouse.clientCredentials(client))
                .isError(400, "invalid_dpop_proof", "A DPoP proof is required");
        api.token(Gatehouse.clientCredentials(client), api.key).isStatus(200);
    }

    @Test
    void hiddenCredentials_includeTheProof() {
        api.oauth.gatehouse.createApi("hiding", "/hiding", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("hiding", DpopApi.config().put("hide_credentials", true));
        String token = DpopApi.send(
                        Http.form(
                                api.oauth.gatehouse.secureUrl("/hiding/oauth2/token"),
                                Gatehouse.clientCredentials(api.oauth.application)),
                        claims("POST", DpopApi.ORIGIN + "/hiding/oauth2/token"),
                        claims -> proof(api.key, claims))
                .isStatus(200)
                .json()
                .getString("access_token");

        Reply reply = DpopApi.send(
                        Http.get(api.oauth.gatehouse.proxyUrl("/hiding"), "Authorization", "DPoP " + token),
                        claims("GET", DpopApi.ORIGIN + "/hiding", token),
                        claims -> proof(api.key, claims))
                .isStatus(200);
        assertThat(reply.upstreamHeader("authorization")).isNull();
        assertThat(reply.upstreamHeader("dpop")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ID.example:443/api/x%2Fy/./z",
                "https://id.example/api/x%2fy/z?query",
                "https://id.example//api/x%2Fy/z"
            })
    void url_isComparedInItsNormalForm(String url) {
        String token = api.bound();

        DpopApi.send(
                        Http.get(
                                api.oauth.gatehouse.proxyUrl("/api/x%2Fy/z?other=query"),
                                "Authorization",
                                "dpop " + token),
                        claims("GET", url, token),
                        claims -> proof(api.key, claims))
                .isStatus(200);
    }

    /** Under other hosts, another server could get the proof and send it on (RFC 9449 §4.3, 9). */
    @Test
    void hostOfARoute_countsWithoutAWildcard_andWithAPortOfTheGateway() throws IOException {
        api.oauth.gatehouse.createApi("hosted", "/hosted", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("hosted", DpopApi.config());
        String token = DpopApi.send(
                        Http.form(
                                api.oauth.gatehouse.secureUrl("/hosted/oauth2/token"),
                                Gatehouse.clientCredentials(api.oauth.application)),
                        claims("POST", DpopApi.ORIGIN + "/hosted/oauth2/token"),
                        claims -> proof(api.key, claims))
                .isStatus(200)
                .json()
                .getString("access_token");
        List<String> hosts = List.of("api.example", "port.example:9443", "*.wild.example", "right.*");
        api.oauth
                .gatehouse
                .admin("PATCH", "/routes/hosted", new JsonObject().put("hosts", hosts))
                .isStatus(200);
        int port = api.oauth.gatehouse.node().port("proxy.http");

        for (String host : List.of("api.example", "api.example:443", "api.example:" + port, "port.example:9443")) {
            assertThat(hosted(host, host, token)).startsWith("HTTP/1.1 200");
        }
        assertThat(hosted("a.wild.example", "id.example", token)).startsWith("HTTP/1.1 200");
        for (String host : List.of("api.example:8443", "a.wild.example", "right.example")) {
            assertThat(hosted(host, host, token)).contains("Invalid claim of the DPoP proof: htu");
        }
        assertThat(hosted("api.example", "port.example:9443", token)).contains("Invalid claim of the DPoP proof: htu");
    }

    /** Calls the API under a host, with a proof for another one. */
    private static String hosted(String host, String signed, String token) throws IOException {
        JsonObject claims =
                claims("GET", "https://" + signed + "/hosted", token).put("nonce", api.nonce());
        String request = "GET /hosted HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: DPoP " + token + "\r\nDPoP: "
                + proof(api.key, claims) + "\r\nConnection: close\r\n\r\n";
        try (Socket client = new Socket(
                InetAddress.getLoopbackAddress(), api.oauth.gatehouse.node().port("proxy.http"))) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(client.getInputStream().readAllBytes(), US_ASCII);
        }
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
                                        .put("enable_dpop", true)));

        refused.isStatus(400);
        assertThat(refused.json()
                        .getJsonObject("fields")
                        .getJsonObject("config")
                        .getString("issuer"))
                .isEqualTo("required field missing");
    }
}
