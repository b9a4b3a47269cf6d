package io.gatehouse.conformance.oauth.extended;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** A protected API whose clients may bind tokens to keys (RFC 9449), and a client with a key. */
public final class DpopApi implements AutoCloseable {
    public static final String ORIGIN = "https://id.example";
    public static final String ISSUER = ORIGIN + OAuthApi.PATH;
    static final String TOKEN_URL = ISSUER + "/oauth2/token";
    static final String USED = "The DPoP proof has been used";

    public final JWK key = Assertions.key("ES256", null);
    final OAuthApi oauth;
    /** A token of the client itself, bound to its key. */
    final String token;

    DpopApi(JsonObject config) {
        this(new OAuthApi(config().mergeIn(config)));
    }

    /** Behind a peer that names the addresses of clients. */
    static DpopApi behindATrustedPeer() {
        return new DpopApi(new OAuthApi(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32")), config()));
    }

    private DpopApi(OAuthApi oauth) {
        this.oauth = oauth;
        // The memory of proofs that has just been made accepts nonces that are newer than it is.
        this.token = bound();
        first(() -> call(token, key)).isStatus(200);
    }

    /** The configuration of a plugin with DPoP. */
    public static JsonObject config() {
        return new JsonObject()
                .put("enable_dpop", true)
                .put("enable_introspection", true)
                .put("enable_par", true)
                .put("failed_secrets_per_minute", 0)
                .put("issuer", ISSUER);
    }

    /** The claims of a proof for a request without a token. */
    public static JsonObject claims(String method, String url) {
        return new JsonObject()
                .put("jti", UUID.randomUUID().toString())
                .put("htm", method)
                .put("htu", url)
                .put("iat", System.currentTimeMillis() / 1_000);
    }

    /** Likewise, for an API call with a token. */
    public static JsonObject claims(String method, String url, String token) {
        return claims(method, url).put("ath", hash(token));
    }

    static String hash(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String thumbprint(JWK key) {
        try {
            return key.computeThumbprint().toString();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWSHeader.Builder header(String algorithm, JWK key) {
        return new JWSHeader.Builder(JWSAlgorithm.parse(algorithm))
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(key.toPublicJWK());
    }

    static String signed(JWSHeader header, JWK key, JsonObject claims) {
        try {
            JWSSigner signer = key instanceof ECKey curve ? new ECDSASigner(curve) : new RSASSASigner(key.toRSAKey());
            return Assertions.signed(header, signer, claims);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A proof with ES256. */
    public static String proof(JWK key, JsonObject claims) {
        return signed(header("ES256", key).build(), key, claims);
    }

    /** Sends a request, and once more with the nonce that the gateway asks for, as clients do. The function makes the proof. */
    public static Reply send(HttpRequest.Builder request, JsonObject claims, Function<JsonObject, String> proof) {
        Reply first = Http.send(request.copy().header("DPoP", proof.apply(claims)));
        if (!isChallenge(first)) {
            return first;
        }
        JsonObject next = claims.copy()
                .put("jti", UUID.randomUUID().toString())
                .put("nonce", first.hasHeader("DPoP-Nonce").header("DPoP-Nonce"));
        return Http.send(request.copy().header("DPoP", proof.apply(next)));
    }

    /** Sends the first call to a node. Until its memory of proofs has replied within 500 ms, the response is 503. */
    public static Reply first(Supplier<Reply> call) {
        return Awaitility.await().until(call::get, reply -> reply.status() != 503);
    }

    private static boolean isChallenge(Reply reply) {
        return reply.status() >= 400 && "use_dpop_nonce".equals(reply.json().getString("error"));
    }

    /** A nonce of the gateway. */
    String nonce() {
        Reply reply = post("token", Map.of(), proof(key, claims("POST", TOKEN_URL)));
        return reply.isStatus(400).hasHeader("DPoP-Nonce").header("DPoP-Nonce");
    }

    Reply post(String endpoint, Map<String, String> parameters, String proof) {
        return Http.send(form(endpoint, parameters).header("DPoP", proof));
    }

    HttpRequest.Builder form(String endpoint, Map<String, String> parameters) {
        return Http.form(oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/" + endpoint), parameters);
    }

    /** A token request with a proof of the key. */
    Reply token(Map<String, String> parameters, JWK signer) {
        return send(form("token", parameters), claims("POST", TOKEN_URL), claims -> proof(signer, claims));
    }

    /** A token of the client itself, bound to its key. */
    String bound() {
        return token(Gatehouse.clientCredentials(oauth.application), key)
                .isStatus(200)
                .json()
                .getString("access_token");
    }

    /** The tokens of a resource owner. */
    JsonObject tokens(JsonObject client, JWK signer) {
        Map<String, String> parameters = new LinkedHashMap<>(OAuthApi.asClient(client, "grant_type", "password"));
        parameters.put("provision_key", OAuthApi.PROVISION_KEY);
        parameters.put("authenticated_userid", "owner-1");
        return token(parameters, signer).isStatus(200).json();
    }

    JsonObject openClient(String name) {
        return oauth.gatehouse.register(
                name,
                new JsonObject().put("client_type", "public").put("redirect_uris", List.of(OAuthApi.REDIRECT_URI)));
    }

    HttpRequest.Builder get(String token) {
        return Http.get(oauth.gatehouse.proxyUrl(OAuthApi.PATH), "Authorization", "DPoP " + token);
    }

    /** The claims of a valid proof of a call with {@link #token}. */
    JsonObject valid() {
        return claims("GET", ISSUER, token).put("nonce", nonce());
    }

    /** An API call with {@link #token} and that proof. */
    Reply present(String proof) {
        return Http.send(get(token).header("DPoP", proof));
    }

    /** An API call with a proof of the key. */
    Reply call(String token, JWK signer) {
        return send(get(token), claims("GET", ISSUER, token), claims -> proof(signer, claims));
    }

    static void isRefused(Reply reply, String error, String description) {
        reply.isError(401, error, description);
        assertThat(reply.header("www-authenticate"))
                .startsWith("DPoP error=\"" + error + "\", error_description=\"" + description + "\", algs=\"ES256 ");
    }

    @Override
    public void close() {
        oauth.close();
    }
}
