package io.gatehouse.issuer;

import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.ExpiredRows;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes expired tokens and codes in the background: small batches with rests between, one node of the cluster at a time. */
public final class Cleanup extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);
    /** Between two batches while there is more to do: the foreground has the database in between. */
    private static final Duration REST = Duration.ofMillis(50);

    private final ExpiredRows rows;
    private final ChangeStore changes;
    private final Duration interval;
    private final Counter removed;
    private final AtomicLong backlog = new AtomicLong();

    /** {@code interval} lies between two looks when nothing was left to do. */
    public Cleanup(ExpiredRows rows, ChangeStore changes, Duration interval, MeterRegistry metrics) {
        this.rows = rows;
        this.changes = changes;
        this.interval = interval;
        this.removed = metrics.counter("gatehouse.token.cleanup.rows");
        metrics.gauge("gatehouse.token.cleanup.backlog", backlog);
    }

    @Override
    public Future<?> start() {
        schedule(interval);
        return Future.succeededFuture();
    }

    /** A little earlier or later each time, so that the nodes do not come together. */
    private void schedule(Duration delay) {
        long millis = delay.toMillis();
        vertx.setTimer(millis + ThreadLocalRandom.current().nextLong(millis / 10 + 1), timer -> look());
    }

    private void look() {
        changes.removeOldRows().compose(removed -> rows.backlog()).onComplete(this::found, this::failed);
    }

    private void found(long count) {
        backlog.set(count);
        if (count == 0) {
            schedule(interval);
        } else {
            clean();
        }
    }

    private void clean() {
        rows.removeBatch().onComplete(this::cleaned, this::failed);
    }

    private void cleaned(int count) {
        removed.increment(count);
        backlog.updateAndGet(before -> Math.max(0, before - count));
        if (ExpiredRows.isFull(count)) {
            vertx.setTimer(REST.toMillis(), timer -> clean());
        } else {
            // Nothing more, or another node is at it.
            schedule(interval);
        }
    }

    private void failed(Throwable failure) {
        LOG.debug("expired rows could not be removed: {}", failure.getMessage());
        schedule(interval);
    }
}
