package io.gatehouse.lookup;

import io.gatehouse.credential.CredentialDigest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides which entries of the shared cache count on this node, whatever the shared cache has lost: one that was read from
 * PostgreSQL at most {@link #COUNTS_SECONDS} ago, and that nothing this node has received since then invalidated (ADR 13).
 *
 * <p>Invariant: a digest stays here for longer than an entry that was read before its invalidation counts. All times are
 * seconds of PostgreSQL's clock as the change feed reports it, so while PostgreSQL is unreachable nothing ages.
 *
 * <p>Threading: read from every event loop; written by the change feed and by messages.
 */
final class Invalidations {
    /** For so long after its read from PostgreSQL an entry of the shared cache counts. */
    static final long COUNTS_SECONDS = 3_600;
    /** An entry older than this is read again, so that those in use count for long when PostgreSQL becomes unreachable. */
    static final long RECENT_SECONDS = COUNTS_SECONDS / 2;
    /** Longer than a report of the change feed takes to arrive: a message may be ahead of it. */
    static final long SLACK_SECONDS = 60;

    /** Beyond this many, no entry counts that was read before. */
    static final int MAX_DIGESTS = 100_000;

    private static final long NOTHING_COUNTS = Long.MAX_VALUE;

    private volatile long reportedSeconds;
    /** Entries that were read no later than this do not count. */
    private volatile long floor = NOTHING_COUNTS;

    private volatile Set<CredentialDigest> newer = ConcurrentHashMap.newKeySet();
    private volatile Set<CredentialDigest> older = Set.of();
    private long newerSince;
    private boolean incomplete;

    boolean contains(CredentialDigest digest) {
        // In this order: what leaves the newer ones is among the older ones before.
        return newer.contains(digest) || older.contains(digest);
    }

    boolean counts(CredentialDigest digest, CachedCredential cached) {
        return cached.asOf() > floor && isWithin(COUNTS_SECONDS, cached) && !contains(digest);
    }

    boolean isRecent(CachedCredential cached) {
        return isWithin(RECENT_SECONDS, cached);
    }

    private boolean isWithin(long seconds, CachedCredential cached) {
        return cached.asOf() >= reportedSeconds - seconds;
    }

    /** PostgreSQL's clock at the last report: earlier than whatever is read from now on. */
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

    /** Everything became invalid, or too much to list. */
    synchronized void addAll() {
        incomplete = true;
        floor = NOTHING_COUNTS;
        newer = ConcurrentHashMap.newKeySet();
        older = Set.of();
    }

    /** The change feed has reported everything up to that second, the first time all that {@link #counts} depends on. */
    synchronized void reported(long epochSeconds) {
        reportedSeconds = Math.max(reportedSeconds, epochSeconds);
        if (floor == NOTHING_COUNTS) {
            floor = incomplete ? reportedSeconds + SLACK_SECONDS : 0;
        }
        if (reportedSeconds - newerSince >= COUNTS_SECONDS + SLACK_SECONDS) {
            newerSince = reportedSeconds;
            older = newer;
            newer = ConcurrentHashMap.newKeySet();
        }
    }
}
