package io.gatehouse.plugin.openidconnect.provider;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a provider has stated about a credential that it accepts. Immutable.
 *
 * @param claims of the token, or of its owner
 * @param characters of the texts that the claims and tokens were read from
 * @param expiry in seconds; infinite if the provider names none
 * @param notBefore in seconds
 * @param accessToken that the provider issued for the credential; null if the credential is itself a token
 * @param idToken likewise
 * @param refreshToken likewise
 */
public record Accepted(
        Map<String, Object> claims,
        int characters,
        double expiry,
        double notBefore,
        @Nullable String accessToken,
        @Nullable String idToken,
        @Nullable String refreshToken) {

    /** Creates the result for a token with its claims, of which {@code exp} and {@code nbf} are optional (RFC 7662 §2.2). */
    static Accepted ofToken(Map<String, Object> claims, int characters, double latest) {
        double expiry = seconds(claims, "exp", Double.POSITIVE_INFINITY);
        return new Accepted(claims, characters, Math.min(expiry, latest), seconds(claims, "nbf", 0), null, null, null);
    }

    private static double seconds(Map<String, Object> claims, String name, double usual) {
        Object value = claims.get(name);
        if (value == null) {
            return usual;
        }
        if (!(value instanceof Number number)) {
            throw new InvalidToken("invalid " + name);
        }
        return number.doubleValue();
    }

    /** Returns whether the credential is valid now, by a clock that may be off by {@code leeway} seconds. */
    public boolean isTimely(double leeway) {
        double now = System.currentTimeMillis() / 1_000.0;
        return expiry + leeway > now && notBefore - leeway <= now;
    }

    @Override
    public String toString() {
        return "Accepted[expiry=" + expiry + "]";
    }
}
