package io.gatehouse.lookup;

import io.gatehouse.credential.CredentialDigest;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Until when this node knows of everything that changed, and what time it is by PostgreSQL's clock, which stamps all tokens.
 * Written by {@code ChangeFeed}, read for every proxied request with a credential, from any thread.
 */
public final class ChangeFeedFreshness {
    /** How long what was found out is recent. */
    static final Duration RECENT = Duration.ofSeconds(10);

    private final Invalidations invalidations = new Invalidations();
    private final long maxStaleNanos;
    private final LongSupplier nanoTime;
    private volatile long receivedNanos;
    private volatile boolean isInferred;
    private volatile long clockOffsetMillis;

    /** {@code maxStale}: how long what is remembered counts after the last contact (docs/reference/oauth2.md#credential-states). */
    public ChangeFeedFreshness(Duration maxStale) {
        this(maxStale, System::nanoTime);
    }

    /** By a clock that counts like {@link System#nanoTime()}. */
    ChangeFeedFreshness(Duration maxStale, LongSupplier nanoTime) {
        this.maxStaleNanos = maxStale.toNanos();
        this.nanoTime = nanoTime;
        this.receivedNanos = nanoTime.getAsLong();
    }

    /** What this node has received of changes, held against what the shared cache has. */
    Invalidations invalidations() {
        return invalidations;
    }

    /** PostgreSQL's clock at the last report of the change feed, in seconds since the epoch: earlier than any later read. */
    public long reportedSeconds() {
        return invalidations.reportedSeconds();
    }

    /** Whether an entry of the shared cache counts on this node. */
    public boolean counts(CredentialDigest digest, CachedCredential cached) {
        return isFresh() && invalidations.counts(digest, cached);
    }

    /** Whether PostgreSQL is unreachable for this node and, as far as it can be found out, for all. */
    public boolean isInferred() {
        return isInferred;
    }

    /** Whether what this node remembers may still be trusted. */
    public boolean isFresh() {
        return nanos() - receivedNanos <= maxStaleNanos;
    }

    /** What counts of that which this node has found out. */
    enum Trust {
        ALL,
        /** What is not older than {@link #RECENT}. */
        RECENT,
        NOTHING
    }

    /**
     * However old it is, it counts while this node hears what changes, and for {@code maxStale} after. Where nothing is to be
     * heard because nothing can change, only what is recent does: a message about the last change may have been lost.
     */
    Trust trust() {
        if (!isFresh()) {
            return Trust.NOTHING;
        }
        return isInferred ? Trust.RECENT : Trust.ALL;
    }

    /** The time by which it counts. */
    long nanos() {
        return nanoTime.getAsLong();
    }

    /** Seconds since the epoch, by PostgreSQL's clock as far as it is known. */
    public long epochSeconds() {
        return (System.currentTimeMillis() + clockOffsetMillis) / 1000;
    }

    /** Everything up to a moment was heard of. */
    public void receivedUntil(long nanos) {
        knowsUntil(nanos);
        isInferred = false;
    }

    /** Nothing was heard, but nothing can have changed up to a moment either. */
    public void nothingChangedUntil(long nanos) {
        isInferred = true;
        knowsUntil(nanos);
    }

    private void knowsUntil(long nanos) {
        if (nanos - receivedNanos > 0) {
            receivedNanos = nanos;
        }
    }

    /** The change feed has reported everything up to that time of PostgreSQL's clock. */
    public void databaseTimeIs(long epochMillis) {
        invalidations.reported(epochMillis / 1_000);
        clockOffsetMillis = epochMillis - System.currentTimeMillis();
    }

    /** For metrics and logs. */
    public Duration age() {
        return Duration.ofNanos(nanos() - receivedNanos);
    }
}
