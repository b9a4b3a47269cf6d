package io.gatehouse.token;

import java.time.Duration;

/**
 * Until when this node knows of everything that changed, and what time it is by PostgreSQL's clock, which stamps all tokens.
 * Written by {@link ChangeFollower}, read for every proxied request with a credential, from any thread.
 */
public final class DatabaseContact {
    private final long maxStaleNanos;
    private volatile long heardNanos = System.nanoTime();
    private volatile long clockOffsetMillis;

    /** {@code maxStale}: how long what is remembered counts after the last contact (contract/oauth2.md §8). */
    public DatabaseContact(Duration maxStale) {
        this.maxStaleNanos = maxStale.toNanos();
    }

    /** Whether what this node remembers may still be trusted. */
    public boolean isFresh() {
        return System.nanoTime() - heardNanos <= maxStaleNanos;
    }

    /** Seconds since the epoch, by PostgreSQL's clock as far as it is known. */
    public long epochSeconds() {
        return (System.currentTimeMillis() + clockOffsetMillis) / 1000;
    }

    /** Everything up to a moment of {@link System#nanoTime()} was heard of. Never goes back. */
    void heardUntil(long nanos) {
        if (nanos - heardNanos > 0) {
            heardNanos = nanos;
        }
    }

    void databaseTimeIs(long epochMillis) {
        clockOffsetMillis = epochMillis - System.currentTimeMillis();
    }

    /** For metrics and logs. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - heardNanos);
    }
}
