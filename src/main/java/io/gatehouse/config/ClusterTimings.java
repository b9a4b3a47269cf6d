package io.gatehouse.config;

import java.time.Duration;

/**
 * Holds every time limit that another one depends on: cluster membership, change feed, shared cache, lookups and PostgreSQL.
 *
 * <p><i>Invariant</i>: {@code ClusterTimingsTest} states the inequalities between them. A limit that follows from others is
 * computed here, and a limit that only one class needs is in that class.
 */
public final class ClusterTimings {
    /** How often a member sends a heartbeat to each other member. */
    public static final Duration HEARTBEAT_PERIOD = Duration.ofSeconds(2);
    /** The cluster removes a member that has sent no heartbeat for this long. */
    public static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(10);
    /** How long a crashed member stays in the member list at most. */
    public static final Duration MEMBERSHIP_AGE = HEARTBEAT_TIMEOUT.plus(HEARTBEAT_PERIOD);
    /**
     * How long a node that left without notice counts when a majority is computed. The members of a lost side of a partition
     * are removed one after the other, and within this time.
     */
    public static final Duration LOST_MEMBER_COUNTED = HEARTBEAT_TIMEOUT.multipliedBy(6);
    /** How long counters are not used after a partition, so that those of the other side are merged before. */
    public static final Duration COUNTERS_MERGED = Duration.ofSeconds(10);
    /** How long a start waits for the members to admit this node. */
    public static final Duration JOIN_TIMEOUT = Duration.ofSeconds(60);
    /** How long a node that is alone tries to find the members that accept connections. */
    public static final Duration DISCOVERY_TIMEOUT = Duration.ofSeconds(20);
    /** How long a leaving member waits until other members have its partitions. */
    public static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(10);

    /** How often each node reads the change feed. */
    public static final Duration FEED_PERIOD = Duration.ofSeconds(1);
    /** How long a node without a database waits for the changes that another node reads for it. */
    public static final Duration FEED_TIMEOUT = Duration.ofSeconds(2);
    /** How long the read from PostgreSQL may take. It leaves time to report an outage to the node that waits. */
    public static final Duration FEED_READ_TIMEOUT = Duration.ofMillis(1_500);
    /**
     * The least {@code token.max-stale}. While PostgreSQL is unreachable, a node trusts its cache as of the newest member list
     * it can rely on, and reads the feed once more after that.
     */
    public static final Duration LEAST_MAX_STALE =
            MEMBERSHIP_AGE.plus(FEED_PERIOD).plus(FEED_TIMEOUT);
    /** A writer that has not read the feed for this long is not active. */
    public static final Duration WRITER_TIMEOUT = Duration.ofSeconds(10);
    /** Writes that are younger are published again on request: their writer may have crashed before it published them. */
    public static final Duration REPUBLISHED = Duration.ofSeconds(10);
    /** How long a process trusts what it has looked up while no node reaches PostgreSQL. */
    public static final Duration RECENT_LOOKUP = Duration.ofSeconds(10);

    /** How long PostgreSQL's pool waits for a connection, an open one or a new one. */
    public static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(2);
    /** PostgreSQL cancels a statement after this long. */
    public static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(5);
    /** A connection on which PostgreSQL has not responded to a statement for this long is closed. */
    public static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);
    /** PostgreSQL rolls back the transaction of an issuer that has sent nothing for this long. */
    public static final Duration IDLE_TRANSACTION_TIMEOUT = Duration.ofSeconds(3);
    /**
     * How long a lookup in PostgreSQL takes at most. If its batch fails, it runs a second time alone. The wait for its batch
     * is not part of it: PostgreSQL takes the snapshot of the read after that wait.
     */
    public static final Duration SLOWEST_READ =
            CONNECTION_TIMEOUT.plus(RESPONSE_TIMEOUT).multipliedBy(2);

    /** How long an entry of the shared cache is usable after its read from PostgreSQL (ADR 13). */
    public static final Duration SHARED_ENTRY_LIFE = Duration.ofMinutes(60);
    /** An older entry is read again while an issuer responds, so that the entries in use are young when an outage begins. */
    public static final Duration SHARED_ENTRY_REFRESH = SHARED_ENTRY_LIFE.dividedBy(2);
    /** How far a message may be ahead of the change feed. */
    public static final Duration FEED_LAG = Duration.ofSeconds(60);
    /** How long PostgreSQL keeps the log of invalidations. */
    public static final Duration INVALIDATION_LOG_KEPT = Duration.ofMinutes(70);
    /** How long a tombstone keeps an older read out of the shared cache. */
    public static final Duration TOMBSTONE = Duration.ofSeconds(60);
    /** A tombstone is not renewed while it is younger than this: every node reads the same invalidations. */
    public static final Duration TOMBSTONE_RENEWAL = Duration.ofSeconds(20);
    /** How long a proxied request waits for the shared cache. */
    public static final Duration SHARED_CACHE_TIMEOUT = Duration.ofMillis(500);

    /** How long a proxy waits for the issuers, all attempts together. */
    public static final Duration ISSUER_TIMEOUT = Duration.ofSeconds(6);
    /** How long a proxy waits for one issuer while it may try another. */
    public static final Duration ISSUER_ATTEMPT_TIMEOUT = Duration.ofSeconds(2);
    /** How many issuers a proxy tries for a lookup. */
    public static final int LOOKUP_ATTEMPTS = 3;
    /** How many issuers a proxy tries for a request that writes. */
    public static final int SEND_ATTEMPTS = 2;
    /** An issuer that has timed out is tried last for this long. */
    public static final Duration ISSUER_SUSPECTED = HEARTBEAT_TIMEOUT;

    /** How long a node waits for a configuration from another node. */
    public static final Duration CATALOG_TIMEOUT = Duration.ofSeconds(10);
    /** How long an admin node waits for a proxy's view of an Upstream. */
    public static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);

    private ClusterTimings() {}
}
