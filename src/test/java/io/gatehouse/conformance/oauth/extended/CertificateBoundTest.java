package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.DpopApi.claims;
import static io.gatehouse.conformance.oauth.extended.DpopApi.proof;
import static io.gatehouse.conformance.oauth.extended.MutualTlsApi.INVALID_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Certificates;
import io.gatehouse.testing.Certificates.Certified;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests tokens that are bound to the certificate of a client (RFC 8705 §3, §4), and attacks on them. */
class CertificateBoundTest {
    private static final Certified own = Certificates.of("CN=own").sign();
    private static final Certified thief = Certificates.of("CN=own").sign();

    private static MutualTlsApi api;
    private static JsonObject client;
    private static JsonObject open;

    @BeforeAll
    static void start() {
        api = new MutualTlsApi(true);
        client = api.register("bound", new JsonObject(), bound());
        open = api.register(
                "open",
                new JsonObject().put("client_type", "public").put("redirect_uris", List.of(OAuthApi.REDIRECT_URI)),
                bound());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject bound() {
        return new JsonObject().put("tls_client_certificate_bound_access_tokens", true);
    }

    private static Map<String, String> ofItself() {
        return OAuthApi.asClient(client, "grant_type", "client_credentials");
    }

    private static String token() {
        return api.token(ofItself(), own).isStatus(200).json().getString("access_token");
    }

    private static JsonObject tokens(JsonObject ofClient) {
        Map<String, String> parameters = OAuthApi.asClient(
                ofClient,
                "grant_type",
                "password",
                "provision_key",
                OAuthApi.PROVISION_KEY,
                "authenticated_userid",
                "owner-1");
        return api.token(parameters, own).isStatus(200).json();
    }

    private static Map<String, String> refresh(JsonObject ofClient, JsonObject tokens) {
        return OAuthApi.asClient(
                ofClient, "grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token"));
    }

    private static void isRefused(Reply reply) {
        reply.isError(401, "invalid_token", INVALID_TOKEN);
    }

    @Test
    void boundToken_isValidWithItsCertificateAlone() {
        Reply reply = api.token(ofItself(), own).isStatus(200);
        assertThat(reply.json().getString("token_type")).isEqualTo("bearer");
        String token = reply.json().getString("access_token");

        api.call(token, own).isStatus(200);
        isRefused(api.call(token, thief));
        isRefused(api.call(token, null));
        isRefused(api.oauth.gatehouse.get(OAuthApi.PATH + "?access_token=" + token));
        isRefused(Http.send(api.get("Bearer", token, own).header("Client-Cert", thief.header())));
        isRefused(Http.send(api.get("DPoP", token, own)));
    }

    /** Some servers read an underscore as a hyphen. */
    @Test
    void upstreamReceivesTheHeadersOfTheTrustedPeer_inTheirSpellingAlone() {
        String chain = thief.header() + ", " + own.header();

        Reply reply = Http.send(api.get("Bearer", token(), own)
                        .header("Client-Cert-Chain", chain)
                        .header("Client_Cert", "forged")
                        .header("Client_Cert_Chain", "forged"))
                .isStatus(200);

        assertThat(reply.upstreamHeader("client-cert")).isEqualTo(own.header());
        assertThat(reply.upstreamHeader("client-cert-chain")).isEqualTo(chain);
        assertThat(reply.text()).doesNotContain("forged");
    }

    @Test
    void requestWithoutACertificate_getsNoToken() {
        api.token(ofItself(), null).isError(400, "invalid_request", "A client certificate is required");
    }

    @Test
    void introspection_namesTheCertificate() throws IOException, NoSuchAlgorithmException {
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(own.certificate().getEncoded());

        JsonObject found = api.oauth
                .post("introspect", OAuthApi.asClient(client, "token", token()))
                .isStatus(200)
                .json();

        assertThat(found.getString("token_type")).isEqualTo("bearer");
        assertThat(found.getJsonObject("cnf"))
                .isEqualTo(new JsonObject()
                        .put("x5t#S256", Base64.getUrlEncoder().withoutPadding().encodeToString(digest)));
    }

    @Test
    void refreshTokenOfAPublicClient_isBoundToItsCertificate() {
        JsonObject tokens = tokens(open);

        api.token(refresh(open, tokens), thief)
                .isError(400, "invalid_grant", "The grant is bound to another certificate");
        api.token(refresh(open, tokens), null).isError(400, "invalid_request", "A client certificate is required");
        JsonObject next = api.token(refresh(open, tokens), own).isStatus(200).json();

        api.call(next.getString("access_token"), own).isStatus(200);
        isRefused(api.call(next.getString("access_token"), thief));
    }

    @Test
    void confidentialClient_refreshesWithItsNextCertificate() {
        JsonObject tokens = tokens(client);
        Certified renewed = Certificates.of("CN=own").sign();

        String token =
                api.token(refresh(client, tokens), renewed).isStatus(200).json().getString("access_token");

        api.call(token, renewed).isStatus(200);
        isRefused(api.call(token, own));
    }

    @Test
    void grantStaysBound_whenTheMetadataNoLongerBinds() {
        JsonObject changing = api.oauth.gatehouse.register(
                "changing",
                new JsonObject().put("client_type", "public").put("redirect_uris", List.of(OAuthApi.REDIRECT_URI)));
        JsonObject metadata = api.oauth.gatehouse.create("/oauth2/" + changing.getString("id") + "/metadata", bound());
        JsonObject tokens = tokens(changing);
        api.oauth
                .gatehouse
                .admin("DELETE", "/oauth2_metadata/" + metadata.getString("id"))
                .isStatus(204);

        api.token(refresh(changing, tokens), null).isError(400, "invalid_grant", "The grant is bound to a certificate");
        String token =
                api.token(refresh(changing, tokens), own).isStatus(200).json().getString("access_token");
        isRefused(api.call(token, null));
    }

    @Test
    void tokenOfBothKinds_needsTheProofAndTheCertificate() {
        JWK key = Assertions.key("ES256", null);
        String token = DpopApi.send(
                        api.form("token", ofItself(), own),
                        claims("POST", "https://mtls.example/api/oauth2/token"),
                        claims -> proof(key, claims))
                .isStatus(200)
                .json()
                .getString("access_token");

        DpopApi.first(() -> call(token, key, own)).isStatus(200);
        isRefused(call(token, key, thief));
        isRefused(call(token, key, null));
        isRefused(api.call(token, own));
        call(token, Assertions.key("ES256", null), own)
                .isError(
                        401,
                        "invalid_dpop_proof",
                        "The DPoP proof is not of the key that the access token is bound to");
    }

    private static Reply call(String token, JWK key, Certified certified) {
        return DpopApi.send(
                api.get("DPoP", token, certified), claims("GET", DpopApi.ISSUER, token), claims -> proof(key, claims));
    }

    @Test
    void pluginWithoutCertificates_refusesBoundTokens() {
        api.oauth.gatehouse.createApi("with", "/with", api.oauth.upstream.port());
        api.oauth.gatehouse.protect(
                "with", new JsonObject().put("enable_mtls", true).put("global_credentials", true));
        api.oauth.gatehouse.createApi("without", "/without", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("without", new JsonObject().put("global_credentials", true));
        String token = Http.send(Http.form(api.oauth.gatehouse.secureUrl("/with/oauth2/token"), ofItself())
                        .header("Client-Cert", own.header()))
                .isStatus(200)
                .json()
                .getString("access_token");

        api.oauth
                .gatehouse
                .get("/with", "Authorization", "Bearer " + token, "Client-Cert", own.header())
                .isStatus(200);
        isRefused(api.oauth.gatehouse.get("/without", "Authorization", "Bearer " + token, "Client-Cert", own.header()));
    }

    @Test
    void metadata_namesTheEndpointsForCertificates() {
        JsonObject server = Http.send(
                        Http.get(api.oauth.gatehouse.secureUrl("/.well-known/oauth-authorization-server/api")))
                .isStatus(200)
                .json();
        assertThat(server.getBoolean("tls_client_certificate_bound_access_tokens"))
                .isTrue();
        assertThat(server.getJsonArray("token_endpoint_auth_methods_supported"))
                .contains("tls_client_auth", "self_signed_tls_client_auth");
        assertThat(server.getJsonObject("mtls_endpoint_aliases"))
                .isEqualTo(new JsonObject()
                        .put("token_endpoint", "https://mtls.example/api/oauth2/token")
                        .put("revocation_endpoint", "https://mtls.example/api/oauth2/revoke")
                        .put("introspection_endpoint", "https://mtls.example/api/oauth2/introspect"));
        assertThat(Http.send(Http.get(api.oauth.gatehouse.secureUrl("/.well-known/oauth-protected-resource/api")))
                        .isStatus(200)
                        .json()
                        .getBoolean("tls_client_certificate_bound_access_tokens"))
                .isTrue();
    }
}
