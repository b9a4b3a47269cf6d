package io.gatehouse.conformance.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Publishes metadata and keys on a real socket, and signs tokens. */
public final class IdentityProvider implements AutoCloseable {
    private final Upstream server = Upstream.start();
    final AtomicInteger keyReads = new AtomicInteger();
    public volatile List<JWK> published = List.of();
    volatile @Nullable Handler<HttpServerRequest> metadata;
    volatile @Nullable Handler<HttpServerRequest> keys;

    public IdentityProvider() {
        server.behave(this::respond);
    }

    public String issuer() {
        return "http://127.0.0.1:" + server.port() + "/realm";
    }

    JsonObject metadata() {
        return new JsonObject().put("issuer", issuer()).put("jwks_uri", issuer() + "/keys");
    }

    private void respond(HttpServerRequest request) {
        boolean isKeys = request.path().equals("/realm/keys");
        if (isKeys) {
            keyReads.incrementAndGet();
        }
        Handler<HttpServerRequest> own = isKeys ? keys : metadata;
        if (own != null) {
            own.handle(request);
        } else if (isKeys) {
            JsonArray array = new JsonArray();
            published.forEach(key -> array.add(new JsonObject(key.toPublicJWK().toJSONString())));
            request.response().end(new JsonObject().put("keys", array).encode());
        } else if (request.path().equals("/realm/.well-known/openid-configuration")) {
            request.response().end(metadata().encode());
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    /** Returns the claims of a valid token. */
    public JsonObject claims() {
        return new JsonObject()
                .put("iss", issuer())
                .put("sub", "anna")
                .put("exp", System.currentTimeMillis() / 1_000 + 300);
    }

    public static String sign(JWK key, JWSAlgorithm algorithm, JsonObject claims) {
        return sign(key, new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
    }

    static String signAs(String type, JWK key, JWSAlgorithm algorithm, JsonObject claims) {
        JWSHeader header = new JWSHeader.Builder(algorithm)
                .type(new JOSEObjectType(type))
                .keyID(key.getKeyID())
                .build();
        return sign(key, header, claims);
    }

    public static String sign(JWK key, JWSHeader header, JsonObject claims) {
        try {
            JWSSigner signer = key instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner((RSAKey) key);
            JWSObject token = new JWSObject(header, new Payload(claims.encode()));
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
