package io.gatehouse.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests the clock of a node between two reports of PostgreSQL's. */
class ChangeFeedFreshnessTest {
    private static final long REPORTED = 1_800_000_000_000L;

    /** An arbitrary origin, as that of {@link System#nanoTime()}. */
    private final AtomicLong nanos = new AtomicLong(-7_000_000_000L);

    private final ChangeFeedFreshness freshness = new ChangeFeedFreshness(Duration.ofMinutes(1), nanos::get);

    /** The system's time, which a correction may set forward or back, does not pass here. */
    @Test
    void databaseClock_isCountedByPassedTimeAlone() {
        freshness.databaseTimeIs(REPORTED);
        assertThat(freshness.epochMillis()).isEqualTo(REPORTED);

        nanos.addAndGet(Duration.ofSeconds(90).toNanos());

        assertThat(freshness.epochMillis()).isEqualTo(REPORTED + 90_000);
        assertThat(freshness.epochSeconds()).isEqualTo(REPORTED / 1_000 + 90);
    }

    @Test
    void laterReport_replacesTheCountedTime() {
        freshness.databaseTimeIs(REPORTED);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());

        freshness.databaseTimeIs(REPORTED + 9_000);

        assertThat(freshness.epochMillis()).isEqualTo(REPORTED + 9_000);
    }
}
