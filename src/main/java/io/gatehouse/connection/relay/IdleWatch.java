package io.gatehouse.connection.relay;

/**
 * Measures how long no byte has moved between two joined connections.
 *
 * <p><i>Threading</i>: used by the event loop of both connections alone.
 */
public final class IdleWatch {
    /** Set by each byte read, and cleared by each check. */
    private boolean moved;
    /** The bytes that the sockets had not taken at the last check. */
    private long pending;

    private long movedNanos;

    /** Begins to measure. {@code now} is a time of {@link System#nanoTime}, here and in {@link #isIdle}. */
    public void start(long now) {
        movedNanos = now;
    }

    /** Notes that a byte, or the end of a peer's output, has arrived. */
    public void moved() {
        moved = true;
    }

    /** Checks both connections. Returns whether no byte has moved for longer than {@code limitNanos}. */
    public boolean isIdle(long now, RelayEnd<?> client, RelayEnd<?> upstream, long limitNanos) {
        long stillPending = client.pending() + upstream.pending();
        if (moved || stillPending != pending) {
            moved = false;
            pending = stillPending;
            movedNanos = now;
        }
        return now - movedNanos > limitNanos;
    }
}
