package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.schema.Document;
import java.time.Duration;

/**
 * Decides how long the result for a credential is cached.
 *
 * @param isEnabled whether results are cached at all
 * @param usual seconds for a result without an expiry
 * @param longest seconds for every result; infinite if there is no limit
 */
public record CacheTimes(boolean isEnabled, double usual, double longest) {
    private static final double MILLIS = 1_000;

    /** Reads {@code cache_ttl} and {@code cache_ttl_max}. {@code flag} is the field that enables the cache. */
    public static CacheTimes of(Document config, String flag) {
        double longest = config.get("cache_ttl_max") instanceof Number seconds
                ? seconds.doubleValue()
                : Double.POSITIVE_INFINITY;
        return new CacheTimes(config.flag(flag), config.number("cache_ttl").doubleValue(), longest);
    }

    /** Returns how long a result is cached: never longer than the token is valid. */
    Duration life(Accepted accepted) {
        double left = accepted.expiry() - System.currentTimeMillis() / MILLIS;
        double life = Math.min(Double.isInfinite(left) ? usual : left, longest);
        // A cast bounds a number that is too large.
        return isEnabled && life > 0 ? Duration.ofMillis((long) (life * MILLIS)) : Duration.ZERO;
    }
}
