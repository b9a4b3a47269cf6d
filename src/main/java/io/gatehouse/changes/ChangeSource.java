package io.gatehouse.changes;

import io.gatehouse.credential.Changes;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Where a node hears what changed: PostgreSQL, or over the event bus another node that can ask it. */
public interface ChangeSource {
    /**
     * What changed since the answer before; null for the first, which is of everything for so long that nothing older is
     * shared that counts.
     *
     * <p>Fails with {@link TruthUnreachable} when somebody answered that PostgreSQL does not; otherwise nobody did.
     */
    Future<Changes> since(@Nullable String until);

    /** Says that this node will not ask any more; never fails. */
    default Future<Void> leave() {
        return Future.succeededFuture();
    }

    /** PostgreSQL is down for those who are there to say so, too. */
    final class TruthUnreachable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public TruthUnreachable(String message) {
            super(message, null, false, false);
        }
    }
}
