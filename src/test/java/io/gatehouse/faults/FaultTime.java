package io.gatehouse.faults;

import java.time.Duration;

/** Defines how long faults last: as short as is sufficient, and longer with {@code -Dfault.seconds=60}. */
final class FaultTime {
    /** How long an outage of PostgreSQL lasts: at least {@code token.max-stale} of these clusters. */
    static final Duration WHOLE = Duration.ofSeconds(Integer.getInteger("fault.seconds", 20));

    private FaultTime() {}

    /** How long a fault of a part of the cluster lasts: half as long. */
    static Duration half(int leastSeconds) {
        return Duration.ofSeconds(Math.max(leastSeconds, WHOLE.toSeconds() / 2));
    }
}
