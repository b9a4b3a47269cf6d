package io.gatehouse.plugin.oauth2.dpop;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/**
 * Waits until a nonce can be made that a new memory of used proofs accepts, because it is newer than the memory.
 *
 * <p><i>Why the clock is read after each wait</i>: it follows the reports of PostgreSQL's clock. A report that was longer on its way
 * than the one before it sets the clock back.
 *
 * <p><i>Threading</i>: safe from every event loop. A result arrives on the event loop of its caller.
 */
final class NonceTimes {
    private final Vertx vertx;
    private final LongSupplier clock;
    private final long maxWaitMillis;

    /**
     * Waits by a clock.
     *
     * @param clock milliseconds since the epoch, by PostgreSQL's clock
     * @param maxWaitMillis the most that a caller waits
     */
    NonceTimes(Vertx vertx, LongSupplier clock, long maxWaitMillis) {
        this.vertx = vertx;
        this.clock = clock;
        this.maxWaitMillis = maxWaitMillis;
    }

    /** Returns a time that is later than another one and has come. After the longest wait, it may be earlier. */
    Future<Long> after(long since) {
        return after(since, maxWaitMillis);
    }

    private Future<Long> after(long since, long left) {
        long now = clock.getAsLong();
        long wait = Math.min(since - now + 1, left);
        return wait <= 0 ? Future.succeededFuture(now) : vertx.timer(wait).compose(passed -> after(since, left - wait));
    }
}
