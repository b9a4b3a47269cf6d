package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.Assertions.claims;
import static io.gatehouse.conformance.oauth.extended.Assertions.request;
import static io.gatehouse.conformance.oauth.extended.Assertions.signed;

import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;

/** A protected API whose clients may authenticate by assertions, and a client with two keys and a secret. */
final class AssertionApi implements AutoCloseable {
    static final String ISSUER = "https://id.example/api";

    final JWK curve = Assertions.key("ES256", "curve");
    final JWK rsa = Assertions.key("RS256", "rsa");
    final OAuthApi oauth;
    final JsonObject client;

    AssertionApi(int failedSecretsPerMinute) {
        oauth = new OAuthApi(new JsonObject()
                .put("enable_client_assertions", true)
                .put("enable_introspection", true)
                .put("enable_par", true)
                .put("enable_revocation", true)
                .put("failed_secrets_per_minute", failedSecretsPerMinute)
                .put("issuer", ISSUER));
        client = register("signer", new JsonObject(), new JsonObject().put("jwks", Assertions.set(curve, rsa)));
    }

    /** Creates an application with metadata. */
    JsonObject register(String name, JsonObject application, JsonObject metadata) {
        JsonObject registered = oauth.gatehouse.register(name, application);
        oauth.gatehouse.create("/oauth2/" + registered.getString("id") + "/metadata", metadata);
        return registered;
    }

    String clientId() {
        return client.getString("client_id");
    }

    JsonObject validClaims() {
        return claims(clientId(), ISSUER);
    }

    /** A valid assertion of the client, which has not been used. */
    String fresh() {
        return signed("ES256", curve, validClaims());
    }

    Reply token(String assertion) {
        return oauth.token(request(assertion));
    }

    Reply tokenWith(String claim, Object value) {
        return token(signed("ES256", curve, validClaims().put(claim, value)));
    }

    static void isInvalid(Reply reply) {
        reply.isError(400, "invalid_client", "Invalid client authentication");
    }

    static void isInvalid(String claim, Reply reply) {
        reply.isError(400, "invalid_client", "Invalid claim of the client_assertion: " + claim);
    }

    static void isUsed(Reply reply) {
        reply.isError(400, "invalid_client", "The client_assertion has been used");
    }

    static long seconds(long fromNow) {
        return System.currentTimeMillis() / 1_000 + fromNow;
    }

    @Override
    public void close() {
        oauth.close();
    }
}
