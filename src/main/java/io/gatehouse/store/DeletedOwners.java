package io.gatehouse.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Excludes the tokens of deleted Services and clients from every read, and removes their rows in bounded batches.
 *
 * <p><i>Why</i>: a deletion that removes a million rows takes many seconds. The deletion of an owner adds it to
 * {@code oauth2_deleted_owners} in its transaction instead (migration V21), which invalidates the tokens at once.
 *
 * <p><i>Invariant</i>: an owner stays in the table while it has such a row. A later owner of the same id has tokens with greater
 * sequence numbers, which are not excluded.
 */
public final class DeletedOwners {
    private static final int BATCH = 1_000;

    /** An owner of tokens: the table of the owners, and the column of {@code oauth2_tokens} that references it. */
    private record Kind(String entity, String column) {
        /** The condition that a token is of the deleted owner {@code d}. */
        String owns(String token) {
            return "d.entity = '" + entity + "' AND d.entity_id = " + token + "." + column + " AND coalesce(" + token
                    + ".sequence_number, 0) < d.sequence_number";
        }

        String excluded(String token) {
            return "NOT EXISTS (SELECT 1 FROM oauth2_deleted_owners d WHERE " + owns(token) + ")";
        }

        // SKIP LOCKED: a row that a request has locked is removed by a later batch.
        String remove() {
            return "DELETE FROM oauth2_tokens WHERE ctid = ANY(ARRAY(SELECT t.ctid FROM oauth2_deleted_owners d"
                    + " JOIN oauth2_tokens t ON " + owns("t") + " LIMIT " + BATCH + " FOR UPDATE OF t SKIP LOCKED))";
        }

        String count(int limit) {
            return "(SELECT count(*) FROM (SELECT 1 FROM oauth2_deleted_owners d JOIN oauth2_tokens t ON " + owns("t")
                    + " LIMIT " + limit + ") orphaned)";
        }
    }

    private static final List<Kind> KINDS =
            List.of(new Kind("oauth2_credentials", "credential_id"), new Kind("services", "service_id"));

    /** Locked, so that no deletion of a later owner with the same id replaces the row before it is removed. */
    private static final String LOCK_OWNERS =
            "SELECT entity, entity_id FROM oauth2_deleted_owners ORDER BY sequence_number LIMIT " + BATCH
                    + " FOR UPDATE SKIP LOCKED";

    private static final String REMOVE_OWNERS = KINDS.stream()
            .map(kind -> " AND NOT EXISTS (SELECT 1 FROM oauth2_tokens t WHERE " + kind.owns("t") + ")")
            .collect(Collectors.joining(
                    "",
                    "DELETE FROM oauth2_deleted_owners d WHERE (entity, entity_id) IN"
                            + " (SELECT * FROM unnest($1::text[], $2::uuid[]))",
                    ""));

    private DeletedOwners() {}

    /**
     * Returns the condition that the owners of a token exist.
     *
     * @param token the name or alias of {@code oauth2_tokens} in the statement
     */
    public static String excludedFrom(String token) {
        return KINDS.stream().map(kind -> kind.excluded(token)).collect(Collectors.joining(" AND "));
    }

    /** The count of rows to remove as an expression, up to the limit for each kind of owner. */
    static String backlog(int limit) {
        return KINDS.stream()
                .map(kind -> kind.count(limit))
                .collect(Collectors.joining(" + ", "", " + (SELECT count(*) FROM oauth2_deleted_owners)"));
    }

    /** Removes a batch of tokens, and the owners that have none left. Returns the number of rows. */
    static Future<Integer> removeBatch(SqlConnection connection) {
        return connection.query(LOCK_OWNERS).execute().compose(owners -> {
            if (owners.size() == 0) {
                return Future.succeededFuture(0);
            }
            String[] entities = owners.stream().map(row -> row.getString(0)).toArray(String[]::new);
            UUID[] ids = owners.stream().map(row -> row.getUUID(1)).toArray(UUID[]::new);
            Future<Integer> removed = Future.succeededFuture(0);
            for (Kind kind : KINDS) {
                removed = removed.compose(before -> count(connection, kind.remove(), Tuple.tuple(), before));
            }
            return removed.compose(
                    before -> count(connection, REMOVE_OWNERS, Tuple.of(entities, (Object) ids), before));
        });
    }

    private static Future<Integer> count(SqlConnection connection, String sql, Tuple parameters, int before) {
        return connection
                .preparedQuery(sql)
                .execute(parameters)
                .map(RowSet<Row>::rowCount)
                .map(rows -> before + rows);
    }
}
