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
 * Does with one statement what many ask for at the same time. While one batch is under way the next collects: nobody waits
 * for a timer, somebody alone waits for nobody, and the busier it is the fewer statements, round trips and commits each
 * request costs. Safe from any event loop; each caller is answered on its own.
 *
 * @param <I> what is asked for
 * @param <O> the answer
 */
final class Batches<I, O> {
    private static final int MAX_BATCH = 256;
    /** As many as a burst brings; beyond, the database is not keeping up. */
    private static final int MAX_WAITING = 5_000;

    private final Vertx vertx;
    private final Function<List<I>, Future<List<O>>> statement;
    private final Deque<Waiting<I, O>> waiting = new ArrayDeque<>();
    private boolean underWay;

    private record Waiting<I, O>(I item, Promise<O> promise, Context context) {
        void succeed(O answer) {
            onContext(() -> promise.complete(answer));
        }

        void fail(Throwable failure) {
            onContext(() -> promise.fail(failure));
        }

        private void onContext(Runnable answering) {
            if (Vertx.currentContext() == context) {
                answering.run();
            } else {
                context.runOnContext(ignored -> answering.run());
            }
        }
    }

    /** {@code statement} answers each item in its place, or fails as a whole and has done nothing. */
    Batches(Vertx vertx, Function<List<I>, Future<List<O>>> statement) {
        this.vertx = vertx;
        this.statement = statement;
    }

    /** Fails as the statement does for this item alone, whatever else was in its batch. */
    Future<O> add(I item) {
        Waiting<I, O> mine = new Waiting<>(item, Promise.promise(), vertx.getOrCreateContext());
        List<Waiting<I, O>> batch;
        synchronized (this) {
            if (waiting.size() >= MAX_WAITING) {
                return Future.failedFuture(new StoreException.DatabaseUnavailable("too many statements are waiting"));
            }
            waiting.add(mine);
            batch = underWay ? List.of() : next();
            underWay = true;
        }
        run(batch);
        return mine.promise().future();
    }

    /** Called with the lock held. */
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
        statement.apply(batch.stream().map(Waiting::item).toList()).onComplete((answers, failure) -> {
            List<Waiting<I, O>> following;
            synchronized (this) {
                following = next();
                underWay = !following.isEmpty();
            }
            run(following);
            if (failure == null) {
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).succeed(answers.get(i));
                }
            } else if (batch.size() == 1 || failure instanceof StoreException.DatabaseUnavailable) {
                batch.forEach(one -> one.fail(failure));
            } else {
                batch.forEach(this::alone);
            }
        });
    }

    /** One item of a batch that failed may be the reason; the others shall not suffer for it. */
    private void alone(Waiting<I, O> one) {
        statement.apply(List.of(one.item())).onComplete(answers -> one.succeed(answers.get(0)), one::fail);
    }
}
