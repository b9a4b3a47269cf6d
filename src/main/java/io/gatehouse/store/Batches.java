package io.gatehouse.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/**
 * Combines concurrent requests into one statement. While one batch is in flight, the next one collects items.
 *
 * <p><i>Why</i>: there is no timer, so a single request does not wait. Under load, each request costs fewer statements, round
 * trips and commits.
 *
 * <p><i>Threading</i>: safe from any event loop. Each result is delivered on the context of its caller.
 *
 * @param <I> the type of an item
 * @param <O> the type of its result
 */
final class Batches<I, O> {
    private static final int MAX_BATCH = 256;
    /** Enough for a burst. Beyond this many, the database does not keep up. */
    private static final int MAX_WAITING = 5_000;

    private final Vertx vertx;
    private final Function<List<I>, Future<List<O>>> statement;
    private final Deque<Waiting<I, O>> waiting = new ArrayDeque<>();
    private boolean inFlight;

    private record Waiting<I, O>(I item, Promise<O> promise, Context context) {
        void succeed(O result) {
            onContext(() -> promise.complete(result));
        }

        void fail(Throwable failure) {
            onContext(() -> promise.fail(failure));
        }

        private void onContext(Runnable completion) {
            if (Vertx.currentContext() == context) {
                completion.run();
            } else {
                context.runOnContext(ignored -> completion.run());
            }
        }
    }

    /** {@code statement} returns the result of each item in its place, or fails as a whole without an effect. */
    Batches(Vertx vertx, Function<List<I>, Future<List<O>>> statement) {
        this.vertx = vertx;
        this.statement = statement;
    }

    /** Adds an item to the next batch. Fails as the statement fails for this item alone. */
    Future<O> add(I item) {
        Waiting<I, O> own = new Waiting<>(item, Promise.promise(), vertx.getOrCreateContext());
        List<Waiting<I, O>> batch;
        synchronized (this) {
            if (waiting.size() >= MAX_WAITING) {
                return Future.failedFuture(new StoreException.DatabaseUnavailable("too many statements are waiting"));
            }
            waiting.add(own);
            batch = inFlight ? List.of() : next();
            inFlight = true;
        }
        run(batch);
        return own.promise().future();
    }

    /** The caller holds the lock. */
    private List<Waiting<I, O>> next() {
        List<Waiting<I, O>> batch = new ArrayList<>(Math.min(waiting.size(), MAX_BATCH));
        while (batch.size() < MAX_BATCH && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        return batch;
    }

    private void run(List<Waiting<I, O>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        statement.apply(batch.stream().map(Waiting::item).toList()).onComplete((results, failure) -> {
            List<Waiting<I, O>> following;
            synchronized (this) {
                following = next();
                inFlight = !following.isEmpty();
            }
            run(following);
            if (failure == null) {
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).succeed(results.get(i));
                }
            } else if (batch.size() == 1 || failure instanceof StoreException.DatabaseUnavailable) {
                batch.forEach(one -> one.fail(failure));
            } else {
                batch.forEach(this::runAlone);
            }
        });
    }

    /** Repeats an item of a batch that failed, because another item may be the reason. */
    private void runAlone(Waiting<I, O> one) {
        statement.apply(List.of(one.item())).onComplete(results -> one.succeed(results.get(0)), one::fail);
    }
}
