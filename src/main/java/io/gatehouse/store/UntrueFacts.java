package io.gatehouse.store;

import io.gatehouse.oauth.TokenDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/**
 * Notes, in the transaction that makes them so, which remembered facts are no longer true: the message that tells the nodes
 * may get lost, this cannot. {@link ChangeStore} reads it.
 */
final class UntrueFacts {
    private static final String NOTE = "INSERT INTO untrue_facts (digest) SELECT unnest($1::bytea[])";

    private UntrueFacts() {}

    /** Answers the digests again. */
    static Future<List<TokenDigest>> note(SqlConnection connection, List<TokenDigest> digests) {
        if (digests.isEmpty()) {
            return Future.succeededFuture(digests);
        }
        return connection
                .preparedQuery(NOTE)
                .execute(Tuple.of(TokenRows.bytes(digests)))
                .map(digests);
    }
}
