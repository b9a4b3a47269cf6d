package io.gatehouse.plugin.openidconnect.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import io.gatehouse.plugin.SignatureVerifier;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies signatures with one public key of a provider. Immutable. */
public final class VerificationKey {
    private static final int MIN_RSA_BITS = 2_048;
    private static final int MAX_RSA_BITS = 8_192;
    private static final int ED25519_BYTES = 32;
    /** What precedes the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410 §4). */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final Set<String> RSA = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
    private static final Map<Curve, String> CURVES =
            Map.of(Curve.P_256, "ES256", Curve.P_384, "ES384", Curve.P_521, "ES512");

    private interface Check {
        boolean isGood(PresentedJwt token) throws JOSEException, GeneralSecurityException;
    }

    private final JWK jwk;
    private final Set<String> algorithms;
    private final boolean isCheap;
    private final Check check;

    private VerificationKey(JWK jwk, PublicKey key, Set<String> algorithms, Check check) {
        this.jwk = jwk;
        this.isCheap = SignatureVerifier.isCheap(key);
        // RFC 7517 §4.4: a key with an algorithm is for that one alone.
        String only = jwk.getAlgorithm() == null ? null : jwk.getAlgorithm().getName();
        this.algorithms = only == null ? algorithms : algorithms.contains(only) ? Set.of(only) : Set.of();
        this.check = check;
    }

    /** Creates the key; null for a key that cannot verify signatures or is too weak. A shared secret is never used. */
    static @Nullable VerificationKey of(JWK jwk) {
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
            return null;
        }
        try {
            if (jwk instanceof RSAKey rsa) {
                if (rsa.size() < MIN_RSA_BITS || rsa.size() > MAX_RSA_BITS) {
                    return null;
                }
                RSAPublicKey key = rsa.toRSAPublicKey();
                return new VerificationKey(jwk, key, RSA, with(new RSASSAVerifier(key)));
            }
            if (jwk instanceof ECKey ec && CURVES.containsKey(ec.getCurve())) {
                ECPublicKey key = ec.toECPublicKey();
                return new VerificationKey(jwk, key, Set.of(CURVES.get(ec.getCurve())), with(new ECDSAVerifier(key)));
            }
            if (jwk instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)) {
                PublicKey key = ed25519(pair.getDecodedX());
                return new VerificationKey(jwk, key, Set.of("EdDSA", "Ed25519"), token -> isGood(key, token));
            }
            return null;
        } catch (JOSEException | GeneralSecurityException | IllegalArgumentException unusable) {
            return null;
        }
    }

    private static Check with(JWSVerifier verifier) {
        return token -> verifier.verify(token.header(), token.signingInput(), token.signature());
    }

    private static PublicKey ed25519(byte[] raw) throws GeneralSecurityException {
        if (raw.length != ED25519_BYTES) {
            throw new IllegalArgumentException("an Ed25519 key has 32 bytes");
        }
        byte[] encoded = new byte[ED25519_PREFIX.length + raw.length];
        System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
        System.arraycopy(raw, 0, encoded, ED25519_PREFIX.length, raw.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    /** Checks with the JDK, because Nimbus needs a further library for Ed25519. */
    private static boolean isGood(PublicKey key, PresentedJwt token) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(key);
        signature.update(token.signingInput());
        return signature.verify(token.signature().decode());
    }

    JWK jwk() {
        return jwk;
    }

    /** Returns whether a verification is short enough for an event loop. */
    boolean isCheap() {
        return isCheap;
    }

    /** Returns whether the key is for the algorithm. RFC 8725 §3.1: the key determines that, not the token. */
    boolean fits(JWSAlgorithm algorithm) {
        return algorithms.contains(algorithm.getName());
    }

    boolean isGood(PresentedJwt token) {
        try {
            return check.isGood(token);
        } catch (JOSEException | GeneralSecurityException malformed) {
            return false;
        }
    }
}
