package io.gatehouse.faults;

import java.time.Duration;

/** How long faults last: as short as they show what they are to show, and longer with {@code -Dfault.seconds=60}. */
final class FaultTime {
    /** Of an outage of PostgreSQL: as long as {@code token.max-stale} of these clusters, or longer. */
    static final Duration WHOLE = Duration.ofSeconds(Integer.getInteger("fault.seconds", 20));

    private FaultTime() {}

    /** Of what only a part of the cluster suffers: half as long. */
    static Duration half(int leastSeconds) {
        return Duration.ofSeconds(Math.max(leastSeconds, WHOLE.toSeconds() / 2));
    }
}
