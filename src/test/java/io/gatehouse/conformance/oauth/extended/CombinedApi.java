package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.DpopApi.claims;
import static io.gatehouse.conformance.oauth.extended.DpopApi.proof;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.oauth.PresentedCertificate;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Certificates;
import io.gatehouse.testing.Certificates.Certified;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A protected API with every extension of the authorization server, behind a peer that forwards the certificates of clients. */
final class CombinedApi implements AutoCloseable {
    static final String EXCHANGER = "exchanger";

    /** The key and the certificate of a client. */
    final JWK key = Assertions.key("ES256", null);

    final Certified certificate = Certificates.of("CN=client").sign();
    final OAuthApi oauth = new OAuthApi(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32")), config());
    /** May exchange tokens of other clients. */
    final JsonObject exchanger;

    CombinedApi() {
        oauth.gatehouse.create("/consumers", new JsonObject().put("username", RegistrationApi.CONSUMER));
        exchanger = oauth.gatehouse.register("team-exchanger", new JsonObject().put("client_id", EXCHANGER));
        String token = accessToken(ofOwner(oauth.application), key, null);
        DpopApi.first(() -> call(token, key, null)).isStatus(200);
    }

    static JsonObject config() {
        return RegistrationApi.config()
                .mergeIn(JwtApi.config())
                .mergeIn(DpopApi.config())
                .put("token_exchange_clients", List.of(EXCHANGER))
                .put("enable_mtls", true)
                .put("mtls_url", "https://mtls.example/api")
                .put("enable_device_authorization", true)
                .put("verification_uri", "https://login.example/device");
    }

    /** Creates an application with metadata. */
    JsonObject register(String name, JsonObject metadata) {
        JsonObject application =
                oauth.gatehouse.register(name, new JsonObject().put("redirect_uris", List.of(OAuthApi.REDIRECT_URI)));
        oauth.gatehouse.create("/oauth2/" + application.getString("id") + "/metadata", metadata);
        return application;
    }

    Reply registration(JsonObject metadata) {
        String url = oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/register");
        String body = RegistrationApi.metadata().mergeIn(metadata).encode();
        return Http.send(Http.json("POST", url, body).header("Authorization", "Bearer " + RegistrationApi.TOKEN));
    }

    /** A client that registers itself, with a code, and members in place of the usual ones. */
    JsonObject registered(JsonObject metadata) {
        return registration(metadata).isStatus(201).json();
    }

    /** The parameters that redeem a new code of a client that has registered itself. */
    Map<String, String> redemption(JsonObject registered) {
        Map<String, String> agreed = oauth.agreed("code");
        agreed.put("client_id", registered.getString("client_id"));
        String redirect = oauth.authorize(agreed).isStatus(200).json().getString("redirect_uri");
        String code = OAuthApi.queryOf(redirect).get("code");
        return RegistrationApi.as(registered, "grant_type", "authorization_code", "code", code);
    }

    /** The parameters of a request for tokens of a resource owner. */
    static Map<String, String> ofOwner(JsonObject client) {
        return OAuthApi.asClient(
                client,
                "grant_type",
                "password",
                "provision_key",
                OAuthApi.PROVISION_KEY,
                "authenticated_userid",
                "owner-1");
    }

    /** A token request, with a proof of the key and with the certificate, if there are any. */
    Reply token(Map<String, String> parameters, @Nullable JWK signer, @Nullable Certified certified) {
        String url = oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/token");
        HttpRequest.Builder request = with(certified, Http.form(url, parameters));
        return signer == null
                ? Http.send(request)
                : DpopApi.send(request, claims("POST", DpopApi.TOKEN_URL), claims -> proof(signer, claims));
    }

    String accessToken(Map<String, String> parameters, @Nullable JWK signer, @Nullable Certified certified) {
        return token(parameters, signer, certified).isStatus(200).json().getString("access_token");
    }

    /** An API call likewise. */
    Reply call(String token, @Nullable JWK signer, @Nullable Certified certified) {
        String scheme = signer == null ? "Bearer " : "DPoP ";
        HttpRequest.Builder request =
                with(certified, Http.get(oauth.gatehouse.proxyUrl(OAuthApi.PATH), "Authorization", scheme + token));
        return signer == null
                ? Http.send(request)
                : DpopApi.send(request, claims("GET", DpopApi.ISSUER, token), claims -> proof(signer, claims));
    }

    private static HttpRequest.Builder with(@Nullable Certified certified, HttpRequest.Builder request) {
        return certified == null ? request : request.header("Client-Cert", certified.header());
    }

    JsonObject introspect(String token) {
        return oauth.post("introspect", Map.of("token", token, "provision_key", OAuthApi.PROVISION_KEY))
                .isStatus(200)
                .json();
    }

    static JsonObject certificateBound() {
        return new JsonObject().put("tls_client_certificate_bound_access_tokens", true);
    }

    static String digest(Certified certified) {
        return new PresentedCertificate(certified.base64(), List.of()).thumbprint();
    }

    /** Asserts that a JWT and its introspection name these keys. */
    void isBoundTo(String token, Map<String, Object> keys) {
        assertThat(JwtApi.claims(token).getClaim("cnf")).isEqualTo(keys);
        JsonObject shown = introspect(token);
        assertThat(shown.getJsonObject("cnf").getMap()).isEqualTo(keys);
        assertThat(shown.getString("token_type")).isEqualTo(keys.containsKey("jkt") ? "DPoP" : "bearer");
    }

    @Override
    public void close() {
        oauth.close();
    }
}
