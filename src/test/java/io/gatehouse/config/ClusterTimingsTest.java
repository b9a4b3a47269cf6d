package io.gatehouse.config;

import static io.gatehouse.config.ClusterTimings.DISCOVERY_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.FEED_LAG;
import static io.gatehouse.config.ClusterTimings.FEED_PERIOD;
import static io.gatehouse.config.ClusterTimings.FEED_READ_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.FEED_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.HEARTBEAT_PERIOD;
import static io.gatehouse.config.ClusterTimings.HEARTBEAT_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.IDLE_TRANSACTION_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.INVALIDATION_LOG_KEPT;
import static io.gatehouse.config.ClusterTimings.ISSUER_ATTEMPT_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.ISSUER_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.JOIN_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.LEAST_MAX_STALE;
import static io.gatehouse.config.ClusterTimings.LOOKUP_ATTEMPTS;
import static io.gatehouse.config.ClusterTimings.MEMBERSHIP_AGE;
import static io.gatehouse.config.ClusterTimings.REPUBLISHED;
import static io.gatehouse.config.ClusterTimings.RESPONSE_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.SEND_ATTEMPTS;
import static io.gatehouse.config.ClusterTimings.SHARED_CACHE_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.SHARED_ENTRY_LIFE;
import static io.gatehouse.config.ClusterTimings.SHARED_ENTRY_REFRESH;
import static io.gatehouse.config.ClusterTimings.SLOWEST_READ;
import static io.gatehouse.config.ClusterTimings.STATEMENT_TIMEOUT;
import static io.gatehouse.config.ClusterTimings.TOMBSTONE;
import static io.gatehouse.config.ClusterTimings.TOMBSTONE_RENEWAL;
import static io.gatehouse.config.ClusterTimings.WRITER_TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * States the inequalities between the time limits of a cluster. Each test says what breaks where its inequality does not hold.
 */
class ClusterTimingsTest {
    /** Otherwise the cluster removes members that are alive. */
    @Test
    void heartbeatTimeout_coversThreeLostHeartbeats() {
        assertThat(HEARTBEAT_TIMEOUT).isGreaterThan(HEARTBEAT_PERIOD.multipliedBy(4));
    }

    /** Otherwise a node that starts stops trying before the member it waits for is removed. */
    @Test
    void joinTimeout_outlastsDiscoveryAndTheRemovalOfACrashedMember() {
        assertThat(JOIN_TIMEOUT).isGreaterThan(DISCOVERY_TIMEOUT);
        assertThat(DISCOVERY_TIMEOUT).isGreaterThan(MEMBERSHIP_AGE);
    }

    /** Otherwise a node without a database times out before the reader reports that PostgreSQL is unreachable. */
    @Test
    void feedRead_endsBeforeTheNodeThatWaitsForItTimesOut() {
        assertThat(FEED_READ_TIMEOUT).isLessThan(FEED_TIMEOUT);
    }

    /** Otherwise no cached token is valid during an outage of PostgreSQL. */
    @Test
    void leastMaxStale_coversMembershipAgeAndOneReadOfTheFeed() {
        assertThat(LEAST_MAX_STALE)
                .isEqualTo(MEMBERSHIP_AGE.plus(FEED_PERIOD).plus(FEED_TIMEOUT))
                .isEqualTo(Duration.ofSeconds(15));
    }

    /** Otherwise an active writer is not in the list of writers, and a partition passes for the whole cluster. */
    @Test
    void writerTimeout_coversThreeReadsOfTheFeedThatFail() {
        assertThat(WRITER_TIMEOUT)
                .isGreaterThan(FEED_PERIOD.plus(FEED_READ_TIMEOUT).multipliedBy(3));
    }

    /** Otherwise a write is in neither: too old to be published again, and not yet read from the feed. */
    @Test
    void republishedWrites_overlapWithTheChangeFeed() {
        assertThat(REPUBLISHED).isGreaterThan(FEED_PERIOD.plus(FEED_TIMEOUT).multipliedBy(2));
    }

    /** Otherwise the client closes a connection on which PostgreSQL is about to report a cancelled statement. */
    @Test
    void responseTimeout_outlastsTheLongestStatement() {
        assertThat(RESPONSE_TIMEOUT).isGreaterThan(STATEMENT_TIMEOUT);
    }

    /**
     * Otherwise a read from before an invalidation gets into the shared cache after its tombstone has expired. The entry may be
     * on its way to a crashed member until the cluster removes that member.
     */
    @Test
    void tombstone_outlastsTheSlowestReadAlthoughItIsNotRenewed() {
        assertThat(TOMBSTONE.minus(TOMBSTONE_RENEWAL)).isGreaterThan(SLOWEST_READ.plus(MEMBERSHIP_AGE));
    }

    /** Otherwise a node that reads the whole log has no invalidation for an entry that is still usable (ADR 13). */
    @Test
    void invalidationLog_outlastsEveryUsableEntryOfTheSharedCache() {
        assertThat(INVALIDATION_LOG_KEPT).isGreaterThan(SHARED_ENTRY_LIFE.plus(FEED_LAG));
    }

    /** Otherwise an invalidation message counts as older than an entry it invalidates. */
    @Test
    void feedLag_coversAReadOfTheFeedByTheSlowestWay() {
        assertThat(FEED_LAG).isGreaterThan(LEAST_MAX_STALE);
    }

    /** Otherwise entries in use expire during an outage that begins just before their refresh. */
    @Test
    void sharedEntries_areRefreshedLongBeforeTheyExpire() {
        assertThat(SHARED_ENTRY_REFRESH).isLessThan(SHARED_ENTRY_LIFE);
        assertThat(SHARED_ENTRY_LIFE.minus(SHARED_ENTRY_REFRESH)).isGreaterThan(LEAST_MAX_STALE);
    }

    /** Otherwise a lookup ends before it has tried as many issuers as it may. */
    @Test
    void issuerTimeout_coversAllAttempts() {
        assertThat(ISSUER_TIMEOUT).isGreaterThanOrEqualTo(ISSUER_ATTEMPT_TIMEOUT.multipliedBy(LOOKUP_ATTEMPTS));
        assertThat(SEND_ATTEMPTS).isLessThanOrEqualTo(LOOKUP_ATTEMPTS);
    }

    /** Otherwise the second issuer waits for the row lock of a crashed first one until the proxy times out. */
    @Test
    void secondAttempt_outlastsTheTransactionOfACrashedIssuer() {
        assertThat(ISSUER_TIMEOUT.minus(ISSUER_ATTEMPT_TIMEOUT)).isGreaterThan(IDLE_TRANSACTION_TIMEOUT);
    }

    /** Otherwise a request waits longer for the cache than for the issuer behind it. */
    @Test
    void sharedCache_timesOutBeforeAnIssuerDoes() {
        assertThat(SHARED_CACHE_TIMEOUT).isLessThan(ISSUER_ATTEMPT_TIMEOUT);
    }
}
