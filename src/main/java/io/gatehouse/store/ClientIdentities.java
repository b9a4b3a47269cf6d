package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/**
 * Reads the identity that the tokens of a client carry, under share locks on the Consumer and its credential.
 *
 * <p><i>Why</i>: an Admin write locks both rows and then reads which tokens it invalidates. So that write finds the token of the
 * transaction that holds the share locks, or this read finds what the write has committed. A key share lock would not do: it does
 * not wait for a change of other columns, and PostgreSQL may return the row from before it.
 *
 * <p><i>Invariant</i>: a transaction locks the Consumer before the credential, and both before a row of a token or code, as a
 * deletion does with its cascade. It locks several Consumers or credentials in the order of their ids, as a batch of the Admin API
 * does. So the two never wait for each other in a circle.
 */
final class ClientIdentities {
    private static final String LOCK = "WITH " + locked("$1::uuid[]") + " SELECT id FROM identity";

    private static final String LOCK_SERVICE =
            "SELECT id FROM services WHERE id = (SELECT service_id FROM oauth2_tokens WHERE refresh_token_digest = $1)"
                    + " FOR KEY SHARE";

    private ClientIdentities() {}

    /**
     * The parts of a WITH clause that end with {@code identity}: id, client_id, consumer_id, username, custom_id.
     *
     * @param ids the SQL of an array of credential ids
     */
    static String locked(String ids) {
        return """
                consumer AS MATERIALIZED (
                SELECT id, username, custom_id FROM consumers
                 WHERE id IN (SELECT consumer_id FROM oauth2_credentials WHERE id = ANY(%1$s)) ORDER BY id FOR SHARE),
                     identity AS MATERIALIZED (
                SELECT c.id, c.client_id, c.consumer_id, consumer.username, consumer.custom_id
                  FROM oauth2_credentials c JOIN consumer ON consumer.id = c.consumer_id
                 WHERE c.id = ANY(%1$s) ORDER BY c.id FOR SHARE OF c)""".formatted(ids);
    }

    /**
     * Locks the Service of a refresh token until the transaction ends. The caller reads the token in a later statement: it finds
     * that the Service was deleted, or a deletion waits and finds the token that the caller stores.
     */
    static Future<RowSet<Row>> lockService(SqlConnection connection, CredentialDigest refreshToken) {
        return connection.preparedQuery(LOCK_SERVICE).execute(Tuple.of(TokenRows.bytes(refreshToken)));
    }

    /** Locks the rows of clients until the transaction ends. */
    static Future<RowSet<Row>> lock(SqlConnection connection, UUID... credentialIds) {
        return connection.preparedQuery(LOCK).execute(Tuple.of((Object) credentialIds));
    }
}
