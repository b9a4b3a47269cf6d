package io.gatehouse.plugin.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import io.gatehouse.credential.JwtState;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.syntax.PemPublicKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signatures with the key and the algorithm of one credential.
 *
 * @param isCheap whether a verification is short enough for an event loop
 */
record SignatureCheck(boolean isCheap, Predicate<JsonWebToken> verification) {
    boolean isGood(JsonWebToken token) {
        return verification.test(token);
    }

    /** Creates the check of a credential; null if it has no usable key. */
    static @Nullable SignatureCheck of(JwtState state, boolean secretIsBase64) {
        try {
            return state.algorithm().startsWith("HS")
                    ? shared(state, secretIsBase64)
                    : publicKey(state.algorithm(), state.publicKey());
        } catch (JOSEException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Creates an HMAC check (RFC 7518 §3.2) with the JDK, because Nimbus rejects short secrets, which Kong accepts. */
    private static @Nullable SignatureCheck shared(JwtState state, boolean secretIsBase64) {
        String secret = state.secret();
        if (secret == null) {
            return null;
        }
        byte[] bytes = secretIsBase64
                ? Base64.getDecoder().decode(secret.replace('-', '+').replace('_', '/'))
                : secret.getBytes(StandardCharsets.UTF_8);
        SecretKeySpec key =
                new SecretKeySpec(bytes, "HmacSHA" + state.algorithm().substring(2));
        return new SignatureCheck(true, token -> {
            try {
                Mac mac = Mac.getInstance(key.getAlgorithm());
                mac.init(key);
                return MessageDigest.isEqual(mac.doFinal(token.signingInput()), token.signature());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java runtime has " + key.getAlgorithm(), e);
            }
        });
    }

    /** Creates an RSA, EC or Edwards curve check (RFC 7518 §3.3, §3.4, §3.5; RFC 8037 §3.1). */
    private static @Nullable SignatureCheck publicKey(String algorithm, @Nullable String pem) throws JOSEException {
        PublicKey key = pem == null ? null : PemPublicKey.parse(pem);
        if (key == null || !PemPublicKey.fits(key, algorithm)) {
            return null;
        }
        return new SignatureCheck(
                SignatureVerifier.isCheap(key), key instanceof EdECPublicKey ? edwards(key) : nimbus(algorithm, key));
    }

    private static Predicate<JsonWebToken> nimbus(String algorithm, PublicKey key) throws JOSEException {
        JWSVerifier verifier =
                key instanceof ECPublicKey curve ? new ECDSAVerifier(curve) : new RSASSAVerifier((RSAPublicKey) key);
        // The algorithm is the credential's, never the token's.
        JWSHeader header = new JWSHeader(JWSAlgorithm.parse(algorithm));
        return token -> {
            try {
                return verifier.verify(header, token.signingInput(), Base64URL.encode(token.signature()));
            } catch (JOSEException e) {
                return false;
            }
        };
    }

    /** Creates an Ed25519 or Ed448 check with the JDK: Nimbus needs a further library for the one and lacks the other. */
    private static Predicate<JsonWebToken> edwards(PublicKey key) {
        return token -> {
            try {
                Signature signature = Signature.getInstance("EdDSA");
                signature.initVerify(key);
                signature.update(token.signingInput());
                return signature.verify(token.signature());
            } catch (GeneralSecurityException malformed) {
                return false;
            }
        };
    }
}
