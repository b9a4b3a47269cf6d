package io.gatehouse.proxy.traffic;

import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * How late one event loop does what it is to do: a timer that should fire five times a second says by how much it did not.
 * The loop writes, anybody reads.
 */
public final class LoopLag {
    private static final Duration TICK = Duration.ofMillis(200);
    /** A lag is shown for one window at least and two at most, so that a scrape every 15 seconds misses none. */
    private static final Duration WINDOW = Duration.ofSeconds(15);

    private volatile long lastTick;
    private volatile long longest;
    private volatile long longestBefore;
    private long windowBegan;
    private volatile boolean running;

    LoopLag() {}

    /** Begins to measure the event loop this is called on; ends with its verticle. */
    public void measure(Vertx vertx) {
        lastTick = System.nanoTime();
        windowBegan = lastTick;
        running = true;
        vertx.setPeriodic(TICK.toMillis(), timer -> tick(System.nanoTime()));
    }

    private void tick(long now) {
        if (now - windowBegan > WINDOW.toNanos()) {
            longestBefore = longest;
            longest = 0;
            windowBegan = now;
        }
        longest = Math.max(longest, overdue(now));
        lastTick = now;
    }

    private long overdue(long now) {
        return Math.max(0, now - lastTick - TICK.toNanos());
    }

    boolean isMeasured() {
        return running;
    }

    /** Nanoseconds; a tick that is overdue now counts already. */
    long longest(long now) {
        return Math.max(overdue(now), Math.max(longest, longestBefore));
    }
}
