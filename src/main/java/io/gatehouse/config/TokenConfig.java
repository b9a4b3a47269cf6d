package io.gatehouse.config;

import java.time.Duration;

/**
 * How tokens are remembered.
 *
 * @param maxStale how long a proxy without contact to the cluster trusts what it remembers (docs/reference/oauth2.md#credential-states)
 * @param cacheSize how many tokens a process remembers by itself, and as many keys, groups and signers
 * @param sharedCacheSize how many of them each admin or token-issuer node keeps for the cluster, their backups apart
 */
public record TokenConfig(Duration maxStale, int cacheSize, int sharedCacheSize) {
    /** The sizes nobody has to think about. */
    public TokenConfig(Duration maxStale) {
        this(maxStale, 500_000, 1_000_000);
    }
}
