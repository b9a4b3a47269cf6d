package io.gatehouse.config;

import java.time.Duration;

/**
 * Configures the caches of credential states.
 *
 * @param maxStale how long a node that receives no changes trusts cached states (docs/reference/oauth2.md#credential-states)
 * @param cacheSize most states that a process caches of each kind: tokens, keys, groups, and credentials of {@code jwt},
 *     {@code basic-auth} and {@code hmac-auth}
 * @param sharedCacheSize most states that each admin or token-issuer node holds for the cluster, without backups
 */
public record TokenConfig(Duration maxStale, int cacheSize, int sharedCacheSize) {
    public static final TokenConfig DEFAULT = new TokenConfig(Duration.ofSeconds(60), 500_000, 1_000_000);

    private static final int ENTRY_BYTES = 300;
    /** More than usual: clients choose the length of the scope and the resource. */
    private static final int SHARED_ENTRY_BYTES = 700;
    /** The part of the heap that a process's cache of one kind may take. */
    private static final int PART = 16;
    /** The part for shared entries, and as much again for backups. */
    private static final int SHARED_PART = 6;

    /**
     * Returns sizes that fit into a heap of that many bytes: clients decide how many tokens are issued, and a full heap would end the
     * node.
     */
    public TokenConfig within(long heapBytes) {
        return new TokenConfig(maxStale, (int) Math.min(cacheSize, heapBytes / PART / ENTRY_BYTES), (int)
                Math.max(1, Math.min(sharedCacheSize, heapBytes / SHARED_PART / SHARED_ENTRY_BYTES)));
    }

    /** Returns the same sizes with another staleness bound. */
    public TokenConfig withMaxStale(Duration newMaxStale) {
        return new TokenConfig(newMaxStale, cacheSize, sharedCacheSize);
    }
}
