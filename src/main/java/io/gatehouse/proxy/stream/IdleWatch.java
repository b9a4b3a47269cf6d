package io.gatehouse.proxy.stream;

import io.gatehouse.entity.Service;

/** Measures how long no byte has moved between the connections of one session. */
final class IdleWatch {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Set by each byte read, and cleared by each check. */
    private boolean moved;
    /** The bytes that the sockets had not taken at the last check. */
    private long pending;

    private long movedNanos;

    void start(long now) {
        movedNanos = now;
    }

    void moved() {
        moved = true;
    }

    /**
     * Returns whether no byte has moved for too long: {@code write_timeout} while the upstream has bytes to take, {@code read_timeout}
     * otherwise.
     */
    boolean isIdle(long now, StreamEnd client, StreamEnd upstream, Service service) {
        long stillPending = client.pending() + upstream.pending();
        if (moved || stillPending != pending) {
            moved = false;
            pending = stillPending;
            movedNanos = now;
        }
        int limitMillis = upstream.hasPending() ? service.writeTimeout() : service.readTimeout();
        return now - movedNanos > limitMillis * NANOS_PER_MILLI;
    }
}
