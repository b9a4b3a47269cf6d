package io.gatehouse.connection;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long an event loop has handled requests since it last looked for other work. A connection with further requests
 * yields to others in a long turn.
 *
 * <p><i>Threading</i>: one for each event loop, used by it alone.
 */
final class LoopTurn {
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final FastThreadLocal<LoopTurn> CURRENT = new FastThreadLocal<>() {
        @Override
        protected LoopTurn initialValue() {
            return new LoopTurn();
        }
    };

    private boolean begun;
    private long startNanos;

    private LoopTurn() {}

    /** Whether the turn of the current event loop is long. The first call begins it. */
    static boolean isLong(EventExecutor loop) {
        return CURRENT.get().lasts(loop);
    }

    private boolean lasts(EventExecutor loop) {
        long now = System.nanoTime();
        if (begun) {
            return now - startNanos > LONG_NANOS;
        }
        begun = true;
        startNanos = now;
        // Runs once all connections with bytes have been read.
        loop.execute(() -> begun = false);
        return false;
    }
}
