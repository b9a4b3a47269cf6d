package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.VerifiedToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the claims of an ID token whose signature and issuer are valid (OpenID Connect Core 1.0 §3.1.3.7). */
final class IdToken {
    private static final int MAX_SUBJECT = 255;

    private IdToken() {}

    /**
     * Throws {@link InvalidToken} for a token that is not for this client and sign-in.
     *
     * @param nonce of the sign-in; null for a refresh, which has none
     */
    static void check(
            VerifiedToken token,
            String algorithm,
            String clientId,
            @Nullable String nonce,
            String accessToken,
            double leeway) {
        Map<String, Object> claims = token.claims();
        if (!token.isTimely(leeway)) {
            throw new InvalidToken("the ID token has expired or is not yet valid");
        }
        if (!(claims.get("iat") instanceof Number)) {
            throw new InvalidToken("the ID token has no iat");
        }
        if (!(claims.get("sub") instanceof String subject) || subject.isEmpty() || subject.length() > MAX_SUBJECT) {
            throw new InvalidToken("the ID token has no valid sub");
        }
        checkAudience(claims, clientId);
        if (nonce != null && !nonce.equals(claims.get("nonce"))) {
            throw new InvalidToken("the ID token has another nonce");
        }
        Object hash = claims.get("at_hash");
        if (hash != null && !hash.equals(hashOf(accessToken, algorithm))) {
            throw new InvalidToken("the ID token is of another access token");
        }
    }

    /**
     * Requires that the user has authenticated recently (§2, {@code auth_time}).
     *
     * @param startedAt when the browser was sent to the provider
     * @param maxAge in seconds at that time; infinite if any is allowed
     */
    static void checkAge(Map<String, Object> claims, long startedAt, double maxAge) {
        if (Double.isInfinite(maxAge)) {
            return;
        }
        // Both times are whole seconds.
        if (!(claims.get("auth_time") instanceof Number time) || time.doubleValue() < startedAt - maxAge - 1) {
            throw new InvalidToken("the user has not authenticated within max_age");
        }
    }

    /** Requires the client among the audience, and as the authorized party if the token names one or has several audiences. */
    static void checkAudience(Map<String, Object> claims, String clientId) {
        Object audience = claims.get("aud");
        boolean isSeveral = audience instanceof Collection<?> all && all.size() > 1;
        boolean isOurs = audience instanceof Collection<?> all ? all.contains(clientId) : clientId.equals(audience);
        if (!isOurs) {
            throw new InvalidToken("the token has another audience");
        }
        Object party = claims.get("azp");
        if (party == null ? isSeveral : !clientId.equals(party)) {
            throw new InvalidToken("the token has another authorized party");
        }
    }

    /** Returns the left half of the hash that the algorithm of the signature uses (§3.1.3.6). */
    private static String hashOf(String accessToken, String algorithm) {
        String hash = algorithm.endsWith("256") ? "SHA-256" : algorithm.endsWith("384") ? "SHA-384" : "SHA-512";
        try {
            byte[] digest = MessageDigest.getInstance(hash).digest(accessToken.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, digest.length / 2));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + hash, e);
        }
    }
}
