package io.gatehouse.changes;

import io.gatehouse.credential.Changes;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Reads committed changes: from PostgreSQL, or over the event bus from a node that reads it. */
public interface ChangeSource {
    /**
     * Reads the changes since the previous reply.
     *
     * <p>Fails with {@link DatabaseUnreachable} if a node has found that PostgreSQL does not respond. Any other failure says
     * nothing about PostgreSQL.
     *
     * @param until {@link Changes#until()} of the previous reply; null: the first read, which returns every invalidation that a
     *     usable entry of the shared cache may predate
     */
    Future<Changes> since(@Nullable String until);

    /** Deregisters this node, after its last read. Never fails. */
    default Future<Void> leave() {
        return Future.succeededFuture();
    }

    /** Reports that PostgreSQL is unreachable for the nodes of this cluster that were asked. */
    final class DatabaseUnreachable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public DatabaseUnreachable(String message) {
            super(message, null, false, false);
        }
    }
}
