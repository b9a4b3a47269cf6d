package io.gatehouse.proxy.traffic;

import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * Measures the lag of one event loop by a timer that is due five times a second.
 *
 * <p><i>Threading</i>: the event loop writes, any thread reads.
 */
public final class LoopLag {
    private static final Duration TICK = Duration.ofMillis(200);
    /** A lag is reported for one to two windows, so that a scrape every 15 s misses none. */
    private static final Duration WINDOW = Duration.ofSeconds(15);

    private volatile long lastTick;
    private volatile long longest;
    private volatile long longestBefore;
    private long windowBegan;
    private volatile boolean running;

    LoopLag() {}

    /** Begins to measure the event loop of the caller. Ends with its verticle. */
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

    /** Returns the longest lag in nanoseconds, including that of an overdue tick. */
    long longest(long now) {
        return Math.max(overdue(now), Math.max(longest, longestBefore));
    }
}
