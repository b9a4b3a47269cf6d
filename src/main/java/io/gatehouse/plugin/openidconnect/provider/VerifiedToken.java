package io.gatehouse.plugin.openidconnect.provider;

import java.util.Map;

/**
 * Holds a token whose signature and issuer are valid.
 *
 * @param key that verified it; without the key, the token is no longer valid
 * @param expiry in seconds
 * @param notBefore in seconds
 * @param isBound whether the token is bound to a key (RFC 9449 §6), and so no bearer token
 */
public record VerifiedToken(
        Map<String, Object> claims, VerificationKey key, double expiry, double notBefore, boolean isBound) {

    /** Creates the token after the key has verified its signature. */
    static VerifiedToken of(PresentedJwt token, VerificationKey key, String issuer) {
        if (!issuer.equals(token.claims().get("iss"))) {
            throw new InvalidToken("invalid iss");
        }
        if (!(token.claims().get("exp") instanceof Number expiry)) {
            throw new InvalidToken("invalid exp");
        }
        Object notBefore = token.claims().getOrDefault("nbf", 0L);
        if (!(notBefore instanceof Number start)) {
            throw new InvalidToken("invalid nbf");
        }
        return new VerifiedToken(
                token.claims(), key, expiry.doubleValue(), start.doubleValue(), isBound(token.claims()));
    }

    /** Returns whether a token with these claims is bound to a key. */
    static boolean isBound(Map<String, Object> claims) {
        return claims.get("cnf") instanceof Map<?, ?> keys && keys.containsKey("jkt");
    }

    /** Returns whether the token is valid now, by a clock that may be off by {@code leeway} seconds. */
    public boolean isTimely(double leeway) {
        double now = System.currentTimeMillis() / 1_000.0;
        return expiry + leeway > now && notBefore - leeway <= now;
    }
}
