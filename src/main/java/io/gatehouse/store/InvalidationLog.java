package io.gatehouse.store;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;

/**
 * Logs invalidated credentials in the transaction that changes them. A message to the nodes may get lost; this log cannot.
 * {@link ChangeStore} reads it.
 */
final class InvalidationLog {
    private static final String ADD = "INSERT INTO credential_invalidations (digest) SELECT unnest($1::bytea[])";

    private static final String RECENT = """
            SELECT (SELECT version FROM catalog_version) AS catalog_version,
                   (SELECT array_agg(digest) FROM
                     (SELECT digest FROM credential_invalidations
                       WHERE noted_at >= extract(epoch FROM now())::bigint - %d
                       ORDER BY noted_at DESC LIMIT 1000) newest) AS digests""".formatted(ClusterTimings.REPUBLISHED.toSeconds());

    private InvalidationLog() {}

    /** Returns the invalidations of the last seconds and the newest version of the configuration. */
    static Future<WriteResult> recentWrites(Database database) {
        return database.query(RECENT, Tuple.tuple()).map(rows -> {
            Row row = rows.iterator().next();
            Buffer[] digests = row.getArrayOfBuffers("digests");
            return new WriteResult(
                    null,
                    null,
                    row.getLong("catalog_version"),
                    digests == null
                            ? List.of()
                            : Arrays.stream(digests)
                                    .map(digest -> CredentialDigest.ofBytes(digest.getBytes()))
                                    .toList());
        });
    }

    /** Adds the digests, and returns them. */
    static Future<List<CredentialDigest>> add(SqlConnection connection, List<CredentialDigest> digests) {
        if (digests.isEmpty()) {
            return Future.succeededFuture(digests);
        }
        return connection
                .preparedQuery(ADD)
                .execute(Tuple.of(TokenRows.bytes(digests)))
                .map(digests);
    }
}
