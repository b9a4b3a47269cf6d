package io.gatehouse.plugin.openidconnect.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.RandomString;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Authenticates the client at the provider's endpoints (OpenID Connect Core 1.0 §9, RFC 8705 §2). Immutable. */
public final class ClientAuthentication {
    private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final long ASSERTION_SECONDS = 60;

    private final String method;
    private final String clientId;
    private final String secret;
    private final @Nullable String algorithm;
    private final JsonObject key;

    private ClientAuthentication(
            String method, String clientId, String secret, @Nullable String algorithm, JsonObject key) {
        this.method = method;
        this.clientId = clientId;
        this.secret = secret;
        this.algorithm = algorithm;
        this.key = key;
    }

    /** Reads the configuration. Without {@code client_auth}, the credential that exists selects the method. */
    static ClientAuthentication of(Document config) {
        String secret = first(config, "client_secret");
        JsonObject key = new JsonObject();
        if (config.get("client_jwk") instanceof List<?> keys
                && !keys.isEmpty()
                && keys.get(0) instanceof Map<?, ?> jwk) {
            jwk.forEach((name, value) -> {
                if (value != null) {
                    key.put((String) name, value);
                }
            });
        }
        String method = first(config, "client_auth");
        if (method == null) {
            method = secret != null ? "client_secret_basic" : key.isEmpty() ? "none" : "private_key_jwt";
        }
        String clientId = first(config, "client_id");
        return new ClientAuthentication(
                method,
                clientId == null ? "" : clientId,
                secret == null ? "" : secret,
                first(config, "client_alg"),
                key);
    }

    /** Returns the value of one of Kong's arrays for several clients; null if it is empty. */
    public static @Nullable String first(Document config, String field) {
        List<String> values = config.strings(field);
        return values.isEmpty() ? null : values.get(0);
    }

    /** Creates the authentication of another client by its secret: in the form as this one does, or else by Basic. */
    ClientAuthentication ofClient(String otherId, String otherSecret) {
        String by = method.equals("client_secret_post") ? method : "client_secret_basic";
        return new ClientAuthentication(by, otherId, otherSecret, null, new JsonObject());
    }

    String clientId() {
        return clientId;
    }

    /** Returns whether a certificate authenticates the client (RFC 8705 §2). */
    boolean isByCertificate() {
        return method.equals("tls_client_auth") || method.equals("self_signed_tls_client_auth");
    }

    /** Adds parameters to a request of the client and returns its headers. It may take longer than an event loop allows. */
    Map<String, String> authenticate(Map<String, String> form, String endpoint) {
        if (method.equals("client_secret_basic")) {
            // RFC 6749 §2.3.1: both are form-encoded before.
            String pair = encoded(clientId) + ":" + encoded(secret);
            byte[] bytes = pair.getBytes(StandardCharsets.US_ASCII);
            return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
        }
        form.put("client_id", clientId);
        switch (method) {
            case "client_secret_post" -> form.put("client_secret", secret);
            case "client_secret_jwt", "private_key_jwt" -> {
                form.put("client_assertion_type", ASSERTION_TYPE);
                form.put("client_assertion", assertion(endpoint));
            }
            default -> {
                // A certificate authenticates the connection. A public client proves itself by PKCE.
            }
        }
        return Map.of();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Creates a JWT that authenticates the client (RFC 7523 §2.2). */
    private String assertion(String endpoint) {
        long now = System.currentTimeMillis() / 1_000;
        JsonObject claims = new JsonObject()
                .put("iss", clientId)
                .put("sub", clientId)
                .put("aud", endpoint)
                .put("jti", RandomString.next())
                .put("iat", now)
                .put("exp", now + ASSERTION_SECONDS);
        try {
            return method.equals("client_secret_jwt")
                    ? signed(new MACSigner(secret), "HS256", null, claims)
                    : signedWithKey(claims);
        } catch (JOSEException | ParseException | IllegalArgumentException e) {
            throw new ProviderFailure("client_secret, client_jwk or client_alg cannot sign: "
                    + e.getClass().getName());
        }
    }

    private String signedWithKey(JsonObject claims) throws JOSEException, ParseException {
        JWK jwk = JWK.parse(key.encode());
        if (jwk instanceof RSAKey rsa) {
            return signed(new RSASSASigner(rsa), usual(jwk, "RS256"), jwk.getKeyID(), claims);
        }
        if (jwk instanceof ECKey curve) {
            ECDSASigner signer = new ECDSASigner(curve);
            return signed(signer, signer.supportedECDSAAlgorithm().getName(), jwk.getKeyID(), claims);
        }
        throw new IllegalArgumentException("unsupported type of key");
    }

    private static String usual(JWK jwk, String otherwise) {
        return jwk.getAlgorithm() == null ? otherwise : jwk.getAlgorithm().getName();
    }

    private String signed(JWSSigner signer, String usual, @Nullable String keyId, JsonObject claims)
            throws JOSEException {
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm == null ? usual : algorithm));
        if (keyId != null) {
            header.keyID(keyId);
        }
        JWSObject token = new JWSObject(header.build(), new Payload(claims.encode()));
        token.sign(signer);
        return token.serialize();
    }
}
