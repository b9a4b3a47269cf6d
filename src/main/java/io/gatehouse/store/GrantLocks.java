package io.gatehouse.store;

import io.gatehouse.config.ClusterTimings;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/**
 * Holds the advisory locks of grants until the transaction ends, so that a rotation adds no token to a grant that is being
 * revoked.
 *
 * <p><i>Invariant</i>: a transaction takes the lock of a grant before the lock of a row. A grant is named by its family. A token
 * that was imported has none until its first rotation, and its row's id names the grant until then; a transaction takes the lock
 * of the id before that of the family. So two transactions never wait for each other in a circle.
 */
final class GrantLocks {
    /** Bounds how long an issuer that crashes during a redemption blocks others: PostgreSQL rolls back its transaction. */
    static final String LIMIT_IDLE_TIME = "set_config('idle_in_transaction_session_timeout', '%ds', true) AS idle"
            .formatted(ClusterTimings.IDLE_TRANSACTION_TIMEOUT.toSeconds());

    /** Takes the lock of the grant that the refresh token with the digest {@code $1} is of. */
    static final String OF_REFRESH_TOKEN =
            "SELECT pg_advisory_xact_lock(hashtextextended(coalesce(family_id, id)::text, 0)), " + LIMIT_IDLE_TIME
                    + " FROM oauth2_tokens WHERE refresh_token_digest = $1";

    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))";

    private GrantLocks() {}

    /** Takes the lock of a grant, by its family or the id of its only row. */
    static Future<RowSet<Row>> lock(SqlConnection connection, UUID familyOrRow) {
        return connection.preparedQuery(LOCK).execute(Tuple.of(familyOrRow.toString()));
    }
}
