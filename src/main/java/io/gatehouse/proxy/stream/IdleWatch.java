package io.gatehouse.proxy.stream;

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

    /** Returns whether no byte has moved for longer than the limit. */
    boolean isIdle(long now, long stillPending, int limitMillis) {
        if (moved || stillPending != pending) {
            moved = false;
            pending = stillPending;
            movedNanos = now;
        }
        return now - movedNanos > limitMillis * NANOS_PER_MILLI;
    }
}
