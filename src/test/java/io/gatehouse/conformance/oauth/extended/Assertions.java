package io.gatehouse.conformance.oauth.extended;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.testing.Authority;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Creates keys of clients and the assertions that they sign (RFC 7523), valid or malformed. */
final class Assertions {
    static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private Assertions() {}

    /** Holds the RSA key of all tests in a process: its generation takes longer than that of all others. */
    private static final class Rsa {
        private static final RSAKey KEY = generated();

        private static RSAKey generated() {
            try {
                return new RSAKeyGenerator(2_048).generate();
            } catch (JOSEException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A new key of a curve, or the RSA key under an id. */
    static JWK key(String algorithm, String id) {
        try {
            return switch (algorithm) {
                case "ES256" -> new ECKeyGenerator(Curve.P_256).keyID(id).generate();
                case "ES384" -> new ECKeyGenerator(Curve.P_384).keyID(id).generate();
                case "ES512" -> new ECKeyGenerator(Curve.P_521).keyID(id).generate();
                default -> new RSAKey.Builder(Rsa.KEY).keyID(id).build();
            };
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key of P-256 that has a certificate. */
    static JWK certified(String id) {
        Authority.Issued issued = new Authority("an authority").issue("client");
        try {
            byte[] certificate =
                    PemCertificate.chain(issued.certificate()).get(0).getEncoded();
            return new ECKey.Builder(Curve.P_256, (ECPublicKey) issued.keys().getPublic())
                    .privateKey((ECPrivateKey) issued.keys().getPrivate())
                    .keyID(id)
                    .x509CertChain(List.of(Base64.encode(certificate)))
                    .build();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWK withoutCertificate(JWK key) {
        return new ECKey.Builder(key.toECKey()).x509CertChain(null).build();
    }

    /** The same key of a curve under another id. */
    static JWK named(JWK key, String id) {
        return new ECKey.Builder(key.toECKey()).keyID(id).build();
    }

    /** The public parts as a JWK Set. */
    static String set(JWK... keys) {
        return new JWKSet(List.of(keys)).toString();
    }

    /** The claims of a valid assertion. */
    static JsonObject claims(String clientId, String audience) {
        long now = System.currentTimeMillis() / 1_000;
        return new JsonObject()
                .put("iss", clientId)
                .put("sub", clientId)
                .put("aud", audience)
                .put("jti", UUID.randomUUID().toString())
                .put("iat", now)
                .put("exp", now + 60);
    }

    static String signed(String algorithm, JWK key, JsonObject claims) {
        try {
            JWSSigner signer = key instanceof ECKey curve ? new ECDSASigner(curve) : new RSASSASigner(key.toRSAKey());
            return signed(header(algorithm).keyID(key.getKeyID()).build(), signer, claims);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static String signed(String algorithm, String secret, JsonObject claims) {
        try {
            return signed(header(algorithm).build(), new MACSigner(secret.getBytes(StandardCharsets.UTF_8)), claims);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JWSHeader.Builder header(String algorithm) {
        return new JWSHeader.Builder(JWSAlgorithm.parse(algorithm));
    }

    static String signed(JWSHeader header, JWSSigner signer, JsonObject claims) throws JOSEException {
        JWSObject jws = new JWSObject(header, new Payload(claims.encode()));
        jws.sign(signer);
        return jws.serialize();
    }

    /** The parameters of a request for a token of the client itself. */
    static Map<String, String> request(String assertion) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("grant_type", "client_credentials");
        parameters.put("client_assertion_type", TYPE);
        parameters.put("client_assertion", assertion);
        return parameters;
    }
}
