package io.gatehouse.catalog;

import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one read of the configuration at a time for each version that nodes have. All calls during a read share the next one,
 * which returns changes committed before the calls.
 *
 * <p><i>Why</i>: of nodes that start together, each would hold a complete configuration in this node's memory.
 *
 * <p><i>Threading</i>: safe from any thread. A call completes on its own context.
 */
final class SharedReads {
    /** Docs: docs/reference/limits.md#members-of-the-cluster. */
    static final int MAX_CALLS = 1_000;

    /** Reads from the database. */
    interface Reader {
        /** Reads the changes after a version; {@code previous} is the result of the read that has just ended, if it has one. */
        Future<CatalogSnapshot> read(long since, @Nullable CatalogSnapshot previous);
    }

    private static final class Read {
        private final Promise<CatalogSnapshot> result = Promise.promise();
        private int calls;
    }

    private final Reader reader;
    private final Map<Long, Read> running = new HashMap<>();
    private final Map<Long, Read> next = new HashMap<>();
    private int calls;

    SharedReads(Reader reader) {
        this.reader = reader;
    }

    /** Reads the changes after a version. Fails if {@link #MAX_CALLS} calls have not completed. */
    Future<CatalogSnapshot> read(long since) {
        Read joined;
        boolean isFirst;
        synchronized (this) {
            if (calls == MAX_CALLS) {
                return Future.failedFuture("too many requests for the configuration");
            }
            calls++;
            isFirst = !running.containsKey(since);
            joined = (isFirst ? running : next).computeIfAbsent(since, version -> new Read());
            joined.calls++;
        }
        Future<CatalogSnapshot> result = onThisContext(joined.result.future());
        if (isFirst) {
            start(since, null, joined);
        }
        return result;
    }

    private void start(long since, @Nullable CatalogSnapshot previous, Read read) {
        Future.succeededFuture(since)
                .compose(version -> reader.read(version, previous))
                .onComplete((snapshot, failure) -> {
                    Read following = end(since, read);
                    if (failure == null) {
                        read.result.complete(snapshot);
                    } else {
                        read.result.fail(failure);
                    }
                    if (following != null) {
                        start(since, snapshot, following);
                    }
                });
    }

    /** Returns the read to start; null if no call waits for one. */
    private synchronized @Nullable Read end(long since, Read read) {
        calls -= read.calls;
        Read following = next.remove(since);
        if (following == null) {
            running.remove(since);
        } else {
            running.put(since, following);
        }
        return following;
    }

    private static <T> Future<T> onThisContext(Future<T> future) {
        Context context = Vertx.currentContext();
        if (context == null) {
            return future;
        }
        Promise<T> promise = Promise.promise();
        future.onComplete((result, failure) -> context.runOnContext(done -> {
            if (failure == null) {
                promise.complete(result);
            } else {
                promise.fail(failure);
            }
        }));
        return promise.future();
    }
}
