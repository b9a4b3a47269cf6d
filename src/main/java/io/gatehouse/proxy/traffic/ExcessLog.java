package io.gatehouse.proxy.traffic;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Logs what was dropped because of a limit, at most every 10 s.
 *
 * <p><i>Threading</i>: used by one event loop.
 */
public final class ExcessLog {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private final String message;
    private long loggedNanos = System.nanoTime() - EVERY_NANOS;
    private long dropped;

    /** {@code message} has a placeholder for the number that was dropped. */
    public ExcessLog(Logger log, String message) {
        this.log = log;
        this.message = message;
    }

    /** Counts what was dropped. */
    public void dropped(int more) {
        dropped += more;
        long now = System.nanoTime();
        if (now - loggedNanos > EVERY_NANOS) {
            loggedNanos = now;
            log.warn(message, dropped);
            dropped = 0;
        }
    }
}
