package io.gatehouse.config;

import java.time.Duration;

/**
 * Configures the caches of credential states.
 *
 * @param maxStale how long a node that receives no changes trusts cached states (docs/reference/oauth2.md#credential-states)
 * @param cacheSize most token states that a process caches, and as many key, group and JWT states each
 * @param sharedCacheSize most states that each admin or token-issuer node holds for the cluster, without backups
 */
public record TokenConfig(Duration maxStale, int cacheSize, int sharedCacheSize) {
    public static final TokenConfig DEFAULT = new TokenConfig(Duration.ofSeconds(60), 500_000, 1_000_000);

    /** Returns the same sizes with another staleness bound. */
    public TokenConfig withMaxStale(Duration newMaxStale) {
        return new TokenConfig(newMaxStale, cacheSize, sharedCacheSize);
    }
}
