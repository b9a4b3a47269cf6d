package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;

/**
 * Notes, in the transaction that makes them so, which remembered facts are no longer true: the message that tells the nodes
 * may get lost, this cannot. {@link ChangeStore} reads it.
 */
final class InvalidationLog {
    private static final String NOTE = "INSERT INTO untrue_facts (digest) SELECT unnest($1::bytea[])";
    /** For so long a write may have been made and not been told: by then a node has heard of it by itself. */
    private static final int UNTOLD_SECONDS = 10;

    private static final String LATELY = """
            SELECT (SELECT version FROM catalog_version) AS catalog_version,
                   (SELECT array_agg(digest) FROM
                     (SELECT digest FROM untrue_facts WHERE noted_at >= extract(epoch FROM now())::bigint - %d
                       ORDER BY noted_at DESC LIMIT 1000) newest) AS digests""".formatted(UNTOLD_SECONDS);

    private InvalidationLog() {}

    /** What the writes of the last seconds made untrue, and the version the configuration came to. */
    static Future<WriteResult> lately(Database database) {
        return database.query(LATELY, Tuple.tuple()).map(rows -> {
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

    /** Answers the digests again. */
    static Future<List<CredentialDigest>> note(SqlConnection connection, List<CredentialDigest> digests) {
        if (digests.isEmpty()) {
            return Future.succeededFuture(digests);
        }
        return connection
                .preparedQuery(NOTE)
                .execute(Tuple.of(TokenRows.bytes(digests)))
                .map(digests);
    }
}
