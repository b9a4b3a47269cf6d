package io.gatehouse.proxy.traffic;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests of one route on one event loop.
 *
 * <p><i>Threading</i>: that event loop alone writes.
 */
final class LoopMeters {
    final StatusCounters responses = new StatusCounters();
    final DurationHistogram gateway = new DurationHistogram();
    final DurationHistogram upstream = new DurationHistogram();
    final DurationHistogram total = new DurationHistogram();
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicLong incomplete = new AtomicLong();

    void bytes(long in, long out) {
        bytesIn.lazySet(bytesIn.get() + in);
        bytesOut.lazySet(bytesOut.get() + out);
    }

    void countIncomplete() {
        incomplete.lazySet(incomplete.get() + 1);
    }

    long incomplete() {
        return incomplete.get();
    }

    long bytesIn() {
        return bytesIn.get();
    }

    long bytesOut() {
        return bytesOut.get();
    }
}
