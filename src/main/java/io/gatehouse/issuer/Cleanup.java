package io.gatehouse.issuer;

import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.ExpiredRows;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes expired tokens, codes and records of the audit trail, and the tokens of deleted owners, in small batches with pauses, on one
 * node of the cluster at a time.
 */
public final class Cleanup extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);
    /** Between two batches, so that requests have the database in between. */
    private static final Duration REST = Duration.ofMillis(50);

    private final ExpiredRows rows;
    private final ChangeStore changes;
    private final Duration interval;
    private final Counter removed;
    private final AtomicLong backlog = new AtomicLong();

    /** {@code interval}: time between two searches if nothing was left. */
    public Cleanup(ExpiredRows rows, ChangeStore changes, Duration interval, MeterRegistry metrics) {
        this.rows = rows;
        this.changes = changes;
        this.interval = interval;
        this.removed = Counter.builder("gatehouse.token.cleanup.rows")
                .description("Expired rows (tokens, codes, audit trail) and orphaned tokens removed from the database")
                .register(metrics);
        Gauge.builder("gatehouse.token.cleanup.backlog", backlog, Number::doubleValue)
                .description("Expired rows and orphaned tokens that the last clean-up did not remove")
                .register(metrics);
    }

    @Override
    public Future<?> start() {
        schedule(interval);
        return Future.succeededFuture();
    }

    /** With a random part, so that the nodes do not run at the same time. */
    private void schedule(Duration delay) {
        long millis = delay.toMillis();
        vertx.setTimer(millis + ThreadLocalRandom.current().nextLong(millis / 10 + 1), timer -> search());
    }

    private void search() {
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
            // Nothing is left, or another node deletes.
            schedule(interval);
        }
    }

    private void failed(Throwable failure) {
        LOG.debug("Rows could not be removed: {}", failure.getMessage());
        schedule(interval);
    }
}
