package io.gatehouse.balancer;

import java.util.concurrent.atomic.AtomicInteger;

/** What a peer has to do and how fast it is, over all event loops of this node. */
final class Load {
    /** After this long an old observation counts for a third of itself. */
    private static final double DECAY_NANOS = 10e9;

    private final AtomicInteger inFlight = new AtomicInteger();
    private double averageNanos;
    private long observedAt;

    void begin() {
        inFlight.incrementAndGet();
    }

    void end() {
        inFlight.decrementAndGet();
    }

    /** Requests waiting for their answer. */
    int inFlight() {
        return inFlight.get();
    }

    /** Counts the time to the head of an answer into the exponentially weighted moving average. */
    synchronized void observe(long nanos, long now) {
        double old = observedAt == 0 ? 0 : Math.exp(-Math.max(0, now - observedAt) / DECAY_NANOS);
        averageNanos = observedAt == 0 ? nanos : averageNanos * old + nanos * (1 - old);
        observedAt = now;
    }

    /** The average now: what has not been heard of for long fades, so that a peer once slow is asked again. */
    synchronized double averageNanos(long now) {
        return observedAt == 0 ? 0 : averageNanos * Math.exp(-Math.max(0, now - observedAt) / DECAY_NANOS);
    }
}
