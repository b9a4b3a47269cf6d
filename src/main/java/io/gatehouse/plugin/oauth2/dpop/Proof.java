package io.gatehouse.plugin.oauth2.dpop;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.oauth.DpopProfile;
import io.gatehouse.syntax.JoseHeader;
import io.gatehouse.syntax.JsonWebKeySet;
import io.gatehouse.syntax.RequestTarget;
import java.security.PublicKey;
import java.text.ParseException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A DPoP proof whose form is valid (RFC 9449 §4.2). Its claims, its nonce and its signature are not checked yet.
 *
 * <p><i>Invariant</i>: the algorithm is asymmetric, and the key has no private part (§4.3, 5 and 7).
 *
 * @param digest of the whole proof
 * @param key that the header has
 * @param thumbprint of the key (RFC 7638 §3), in base64url
 */
record Proof(JWSObject jws, Map<String, Object> claims, CredentialDigest digest, PublicKey key, String thumbprint) {
    private static final JOSEObjectType TYPE = new JOSEObjectType("dpop+jwt");
    private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();
    private static final String HTTPS = "https://";
    private static final int HTTPS_PORT = 443;

    /** What a proof has to be for (§4.3, 8, 9 and 12). */
    record Use(
            String method,
            Set<String> origins,
            String path,
            @Nullable CredentialDigest token) {}

    /** Reads a proof; empty if it is malformed, or of a type, key or algorithm that is not supported. */
    static Optional<Proof> parse(String text) {
        if (text.length() > DpopProfile.MAX_LENGTH || !JoseHeader.isWithoutCertificates(text)) {
            return Optional.empty();
        }
        try {
            JWSObject jws = JWSObject.parse(text);
            // Nimbus accepts no private and no symmetric key here.
            JWK jwk = jws.getHeader().getJWK();
            @Nullable
            Map<String, Object> claims =
                    isSupported(jws.getHeader()) ? jws.getPayload().toJSONObject() : null;
            if (claims == null
                    || !(jwk instanceof AsymmetricJWK asymmetric)
                    || JsonWebKeySet.violationOfKey(jwk.toJSONObject()) != null) {
                return Optional.empty();
            }
            return Optional.of(new Proof(
                    jws,
                    claims,
                    CredentialDigest.of(text),
                    asymmetric.toPublicKey(),
                    jwk.computeThumbprint().toString()));
        } catch (ParseException | JOSEException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static boolean isSupported(JWSHeader header) {
        // RFC 7515 §4.1.11: no extension is supported.
        boolean isExtended = header.getCriticalParams() != null
                && !header.getCriticalParams().isEmpty();
        return DpopProfile.ALGORITHMS.contains(header.getAlgorithm().getName())
                && TYPE.equals(header.getType())
                && !isExtended;
    }

    /** Returns the first claim that is invalid for a use; null if there is none. */
    @Nullable
    String invalidClaim(Use use) {
        if (!use.method().equals(claims.get("htm"))) {
            return "htm";
        }
        if (!(claims.get("htu") instanceof String url && isFor(url, use))) {
            return "htu";
        }
        if (!(claims.get("jti") instanceof String id && !id.isEmpty() && id.length() <= DpopProfile.MAX_ID)) {
            return "jti";
        }
        // The nonce has the time that counts (§4.3, 11): that of the client may be wrong.
        if (!(claims.get("iat") instanceof Number)) {
            return "iat";
        }
        return use.token() == null || hash(use.token()).equals(claims.get("ath")) ? null : "ath";
    }

    /** Compares in the normal form of both, without the query (§4.3, 9). */
    private static boolean isFor(String url, Use use) {
        RequestTarget target = url.regionMatches(true, 0, HTTPS, 0, HTTPS.length()) ? RequestTarget.parse(url) : null;
        if (target == null || target.authority() == null) {
            return false;
        }
        int port = target.authority().portOr(HTTPS_PORT);
        String origin = HTTPS + target.authority().host() + (port == HTTPS_PORT ? "" : ":" + port);
        return use.path().equals(target.path()) && use.origins().contains(origin);
    }

    /** The hash of an access token (§4.2). */
    private static String hash(CredentialDigest token) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.toBytes());
    }

    /** The nonce; null without one. */
    @Nullable
    String nonce() {
        return claims.get("nonce") instanceof String nonce ? nonce : null;
    }

    /** Identifies the proof among those of its key or token. {@link #invalidClaim} has checked the {@code jti}. */
    CredentialDigest id() {
        return CredentialDigest.of(DpopProfile.ID_PREFIX + thumbprint + " " + claims.get("jti"));
    }

    /** Whether the key has signed the proof. */
    boolean isSigned() {
        try {
            return jws.verify(VERIFIERS.createJWSVerifier(jws.getHeader(), key));
        } catch (JOSEException unfit) {
            // The algorithm is for another type of key or curve.
            return false;
        }
    }

    @Override
    public String toString() {
        return "Proof[" + thumbprint + "]";
    }
}
