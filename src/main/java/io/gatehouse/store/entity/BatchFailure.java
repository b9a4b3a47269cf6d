package io.gatehouse.store.entity;

import io.gatehouse.schema.SchemaViolation;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import java.util.List;
import java.util.Objects;

/** Reports which entity of a batch was rejected, and why. Expected, so it has no stack trace. */
public final class BatchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** PostgreSQL's code for statements after the one that failed. */
    private static final String ABORTED = "25P02";

    private final int index;

    public BatchFailure(int index, Throwable cause) {
        super("entity " + index + ": " + cause.getMessage(), cause, false, false);
        this.index = index;
    }

    /** The place of the entity in the batch, from 0. */
    public int index() {
        return index;
    }

    /** The failure of that entity alone. */
    public Throwable rejection() {
        return Objects.requireNonNull(getCause());
    }

    /**
     * Waits for all writes of a batch. If one is rejected, it fails with a {@link BatchFailure}. Any other failure is not one of
     * an entity, and is passed on.
     */
    static <T> Future<List<T>> joined(List<Future<T>> writes) {
        return Future.join(writes).transform((all, failure) -> {
            if (failure == null) {
                return Future.succeededFuture(
                        writes.stream().map(Future::result).toList());
            }
            for (int i = 0; i < writes.size(); i++) {
                Throwable cause = writes.get(i).cause();
                if (cause instanceof StoreException || cause instanceof SchemaViolation) {
                    return Future.failedFuture(new BatchFailure(i, cause));
                }
                if (cause != null && !isAborted(cause)) {
                    return Future.failedFuture(cause);
                }
            }
            return Future.failedFuture(failure);
        });
    }

    private static boolean isAborted(Throwable failure) {
        return failure instanceof PgException sql && ABORTED.equals(sql.getSqlState());
    }
}
