package io.gatehouse.conformance.oauth.extended;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Certificates;
import io.gatehouse.testing.Certificates.Certified;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.security.interfaces.ECPublicKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A protected API whose clients have certificates (RFC 8705), behind a peer that forwards them or one that is not trusted. */
final class MutualTlsApi implements AutoCloseable {
    static final String INVALID_TOKEN = "The access token is invalid or has expired";

    final Certified authority = Certificates.authority("authority of clients");
    final OAuthApi oauth;

    MutualTlsApi(boolean isTrusted) {
        oauth = new OAuthApi(
                Gatehouse.config(TestDatabase.create(), isTrusted ? List.of("127.0.0.1/32") : List.of()),
                new JsonObject()
                        .put("enable_introspection", true)
                        .put("enable_revocation", true)
                        .put("failed_secrets_per_minute", 0));
        String id = oauth.gatehouse
                .create("/ca_certificates", new JsonObject().put("cert", authority.pem()))
                .getString("id");
        oauth.gatehouse
                .admin(
                        "PATCH",
                        "/plugins/" + plugin(),
                        new JsonObject()
                                .put(
                                        "config",
                                        new JsonObject()
                                                .put("enable_mtls", true)
                                                .put("enable_dpop", true)
                                                .put("issuer", DpopApi.ISSUER)
                                                .put("mtls_url", "https://mtls.example/api")
                                                .put("mtls_ca_certificates", List.of(id))))
                .isStatus(200);
    }

    private String plugin() {
        JsonArray plugins =
                oauth.gatehouse.admin("GET", "/services/api/plugins").json().getJsonArray("data");
        return plugins.getJsonObject(0).getString("id");
    }

    /** Creates an application with metadata. */
    JsonObject register(String name, JsonObject application, JsonObject metadata) {
        JsonObject registered = oauth.gatehouse.register(name, application);
        oauth.gatehouse.create("/oauth2/" + registered.getString("id") + "/metadata", metadata);
        return registered;
    }

    /** Creates a client whose certificate the authority issues. */
    JsonObject issued(String name, String field, String value) {
        return register(
                name,
                new JsonObject(),
                new JsonObject()
                        .put("token_endpoint_auth_method", "tls_client_auth")
                        .put(field, value));
    }

    Certificates.Builder certificate(String subject) {
        return Certificates.of(subject).issuedBy(authority);
    }

    /** A JWK Set with one key that has the certificate. */
    static String set(Certified certified) {
        ECPublicKey key = (ECPublicKey) certified.keys().getPublic();
        JsonObject jwk = new JsonObject(
                        new ECKey.Builder(Curve.P_256, key).build().toJSONString())
                .put("x5c", List.of(certified.base64()));
        return new JsonObject().put("keys", List.of(jwk)).encode();
    }

    static Map<String, String> ofItself(JsonObject client) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("grant_type", "client_credentials");
        parameters.put("client_id", client.getString("client_id"));
        return parameters;
    }

    HttpRequest.Builder form(String endpoint, Map<String, String> parameters, @Nullable Certified certified) {
        HttpRequest.Builder request =
                Http.form(oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/" + endpoint), parameters);
        return certified == null ? request : request.header("Client-Cert", certified.header());
    }

    Reply token(Map<String, String> parameters, @Nullable Certified certified) {
        return Http.send(form("token", parameters, certified));
    }

    Reply token(JsonObject client, @Nullable Certified certified) {
        return token(ofItself(client), certified);
    }

    HttpRequest.Builder get(String scheme, String token, @Nullable Certified certified) {
        HttpRequest.Builder request =
                Http.get(oauth.gatehouse.proxyUrl(OAuthApi.PATH), "Authorization", scheme + " " + token);
        return certified == null ? request : request.header("Client-Cert", certified.header());
    }

    Reply call(String token, @Nullable Certified certified) {
        return Http.send(get("Bearer", token, certified));
    }

    static void isInvalid(Reply reply) {
        reply.isError(400, "invalid_client", "Invalid client authentication");
    }

    @Override
    public void close() {
        oauth.close();
    }
}
