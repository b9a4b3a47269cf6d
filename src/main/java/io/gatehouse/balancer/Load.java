package io.gatehouse.balancer;

import java.util.concurrent.atomic.AtomicInteger;

/** Tracks the requests in flight at one peer and its latency, over all event loops of this node. */
final class Load {
    /** After this time the weight of an observation has fallen to 1/e. */
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

    /** Returns the requests in flight. */
    int inFlight() {
        return inFlight.get();
    }

    /** Adds the time to the head of a response to the exponentially weighted moving average. */
    synchronized void observe(long nanos, long now) {
        double old = observedAt == 0 ? 0 : Math.exp(-Math.max(0, now - observedAt) / DECAY_NANOS);
        averageNanos = observedAt == 0 ? nanos : averageNanos * old + nanos * (1 - old);
        observedAt = now;
    }

    /** Returns the average now. It decays without observations, so that a peer that was slow is chosen again. */
    synchronized double averageNanos(long now) {
        return observedAt == 0 ? 0 : averageNanos * Math.exp(-Math.max(0, now - observedAt) / DECAY_NANOS);
    }
}
