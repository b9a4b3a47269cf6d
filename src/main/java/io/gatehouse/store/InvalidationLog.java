package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/**
 * Logs invalidated credentials in the transaction that changes them. A message to the nodes may get lost; this log cannot.
 * {@link ChangeStore} reads it.
 */
public final class InvalidationLog {
    /** A transaction that logs more digests invalidates every cached state: readers of the log do not list so many. */
    public static final int MAX_LISTED = 5_000;

    private static final String ADD = "INSERT INTO credential_invalidations (digest) SELECT unnest($1::bytea[])";

    private InvalidationLog() {}

    /** Adds the digests, and returns them. */
    public static Future<List<CredentialDigest>> add(SqlConnection connection, List<CredentialDigest> digests) {
        if (digests.isEmpty()) {
            return Future.succeededFuture(digests);
        }
        return connection
                .preparedQuery(ADD)
                .execute(Tuple.of(TokenRows.bytes(digests)))
                .map(digests);
    }
}
