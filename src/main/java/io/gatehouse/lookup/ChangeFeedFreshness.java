package io.gatehouse.lookup;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.CredentialDigest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Holds the moment up to which this node has received every change, and PostgreSQL's clock, which stamps all tokens.
 *
 * <p>Between two reports, PostgreSQL's clock is counted by {@link System#nanoTime()}: a correction of the node's system time does not
 * change it.
 *
 * <p><i>Threading</i>: written by {@code ChangeFeed}, read from any thread for every proxied request with a credential.
 */
public final class ChangeFeedFreshness {
    private final Invalidations invalidations = new Invalidations();
    private final long maxStaleNanos;
    private final LongSupplier nanoTime;
    private volatile long receivedNanos;
    private volatile boolean isInferred;
    /** Of PostgreSQL's clock to {@link #nanos}; before the first report, of the system's time. */
    private volatile long clockOffsetMillis;

    /**
     * {@code maxStale}: how long cached state is usable after the last read of the feed
     * (docs/reference/oauth2.md#credential-states).
     */
    public ChangeFeedFreshness(Duration maxStale) {
        this(maxStale, System::nanoTime);
    }

    /** Uses a clock that counts like {@link System#nanoTime()}. */
    ChangeFeedFreshness(Duration maxStale, LongSupplier nanoTime) {
        this.maxStaleNanos = maxStale.toNanos();
        this.nanoTime = nanoTime;
        this.receivedNanos = nanoTime.getAsLong();
        this.clockOffsetMillis = System.currentTimeMillis() - millis();
    }

    /** The invalidations that this node has received, against which it checks entries of the shared cache. */
    Invalidations invalidations() {
        return invalidations;
    }

    /** PostgreSQL's clock at the last report of the change feed, in seconds since the epoch: earlier than any later read. */
    public long reportedSeconds() {
        return invalidations.reportedSeconds();
    }

    /** Whether an entry of the shared cache is usable on this node. */
    public boolean isUsable(CredentialDigest digest, CachedCredential cached) {
        return isFresh() && invalidations.isUsable(digest, cached);
    }

    /** Whether freshness follows from the member list, because PostgreSQL is unreachable for the nodes that were asked. */
    public boolean isInferred() {
        return isInferred;
    }

    /** Whether this node's cached state is within the staleness bound. */
    public boolean isFresh() {
        return nanos() - receivedNanos <= maxStaleNanos;
    }

    /** Selects the entries of the process cache that are usable. */
    enum Trust {
        ALL,
        /** Entries that are not older than {@link ClusterTimings#RECENT_LOOKUP}. */
        RECENT,
        NOTHING
    }

    /**
     * The usable entries. While the node receives changes, and for {@code maxStale} after, their age does not matter. During an
     * outage of PostgreSQL only recent ones are usable: the message about the last change may have been lost.
     */
    Trust trust() {
        if (!isFresh()) {
            return Trust.NOTHING;
        }
        return isInferred ? Trust.RECENT : Trust.ALL;
    }

    /** The clock of all these durations. */
    long nanos() {
        return nanoTime.getAsLong();
    }

    /** Seconds since the epoch by PostgreSQL's clock, as of its last report. */
    public long epochSeconds() {
        return epochMillis() / 1000;
    }

    /** Milliseconds since the epoch, likewise. */
    public long epochMillis() {
        return millis() + clockOffsetMillis;
    }

    /** Records that every change up to a moment was received. */
    public void receivedUntil(long nanos) {
        advanceTo(nanos);
        isInferred = false;
    }

    /** Records that no node can have written up to a moment. */
    public void nothingChangedUntil(long nanos) {
        isInferred = true;
        advanceTo(nanos);
    }

    private void advanceTo(long nanos) {
        if (nanos - receivedNanos > 0) {
            receivedNanos = nanos;
        }
    }

    /** Records that the change feed has delivered everything up to that time of PostgreSQL's clock. */
    public void databaseTimeIs(long epochMillis) {
        invalidations.reported(epochMillis / 1_000);
        clockOffsetMillis = epochMillis - millis();
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }

    /** How old the newest data may be; for metrics and logs. */
    public Duration age() {
        return Duration.ofNanos(nanos() - receivedNanos);
    }
}
