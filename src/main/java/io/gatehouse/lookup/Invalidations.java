package io.gatehouse.lookup;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.CredentialDigest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides which entries of the shared cache are usable on this node, even if the shared cache has lost an invalidation. An
 * entry is usable if it was read from PostgreSQL at most {@link #LIFE_SECONDS} ago and no invalidation that this node has
 * received names it (ADR 13).
 *
 * <p><i>Invariant</i>: a digest stays here for longer than an entry that was read before its invalidation is usable. All times
 * are seconds of PostgreSQL's clock as the change feed reports it, so no entry ages while PostgreSQL is unreachable.
 *
 * <p><i>Threading</i>: read from every event loop; written by the change feed and by messages.
 */
final class Invalidations {
    static final long LIFE_SECONDS = ClusterTimings.SHARED_ENTRY_LIFE.toSeconds();
    static final long REFRESH_SECONDS = ClusterTimings.SHARED_ENTRY_REFRESH.toSeconds();
    static final long LAG_SECONDS = ClusterTimings.FEED_LAG.toSeconds();

    /** Beyond this many, no entry that was read before is usable. */
    static final int MAX_DIGESTS = 100_000;

    private static final long NONE_USABLE = Long.MAX_VALUE;

    private volatile long reportedSeconds;
    /** Entries that were read no later than this are not usable. */
    private volatile long floor = NONE_USABLE;

    private volatile Set<CredentialDigest> newer = ConcurrentHashMap.newKeySet();
    private volatile Set<CredentialDigest> older = Set.of();
    private long newerSince;
    private boolean incomplete;

    boolean contains(CredentialDigest digest) {
        // In this order: a digest is among the older ones before it leaves the newer ones.
        return newer.contains(digest) || older.contains(digest);
    }

    boolean isUsable(CredentialDigest digest, CachedCredential cached) {
        return cached.asOf() > floor && isWithin(LIFE_SECONDS, cached) && !contains(digest);
    }

    boolean isRecent(CachedCredential cached) {
        return isWithin(REFRESH_SECONDS, cached);
    }

    private boolean isWithin(long seconds, CachedCredential cached) {
        return cached.asOf() >= reportedSeconds - seconds;
    }

    /** PostgreSQL's clock at the last report: earlier than any read from now on. */
    long reportedSeconds() {
        return reportedSeconds;
    }

    synchronized void add(List<CredentialDigest> digests) {
        if (newer.size() + digests.size() > MAX_DIGESTS) {
            addAll();
        } else {
            newer.addAll(digests);
        }
    }

    /** Invalidates every entry. */
    synchronized void addAll() {
        incomplete = true;
        floor = NONE_USABLE;
        newer = ConcurrentHashMap.newKeySet();
        older = Set.of();
    }

    /** Records that the change feed has reported everything up to that second. Its first report covers all that is usable. */
    synchronized void reported(long epochSeconds) {
        reportedSeconds = Math.max(reportedSeconds, epochSeconds);
        if (floor == NONE_USABLE) {
            floor = incomplete ? reportedSeconds + LAG_SECONDS : 0;
        }
        if (reportedSeconds - newerSince >= LIFE_SECONDS + LAG_SECONDS) {
            newerSince = reportedSeconds;
            older = newer;
            newer = ConcurrentHashMap.newKeySet();
        }
    }
}
