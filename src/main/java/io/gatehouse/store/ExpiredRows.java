package io.gatehouse.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Removes expired rows, such as those of {@link AuditTrail}, and the tokens of {@link DeletedOwners} in bounded batches. Other rows
 * without an expiry are not read.
 */
public final class ExpiredRows {
    private static final int BATCH = 1_000;
    /** The advisory lock of this job: the node that holds it is the only one that removes rows. */
    private static final long LOCK = 0x6761_7465_636c_6e73L;

    /** Counting stops at this many, because it is expensive. */
    private static final int BACKLOG_LIMIT = 100_000;

    static final List<String> TABLES = List.of(
            "oauth2_tokens",
            "oauth2_authorization_codes",
            "oauth2_rotated_tokens",
            "oauth2_assertions",
            "oauth2_pushed_requests",
            "oauth2_device_codes",
            "oauth2_signing_keys",
            "oauth2_recent_registrations",
            "keyauth_credentials",
            "audit_requests");

    private static final String BACKLOG = TABLES.stream()
            .map(table -> "(SELECT count(*) FROM (" + expired("1", table) + " LIMIT " + BACKLOG_LIMIT + ") expired)")
            .collect(Collectors.joining(" + ", "SELECT ", " + " + DeletedOwners.backlog(BACKLOG_LIMIT)));

    private static final String TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1)";

    private final Database database;

    public ExpiredRows(Database database) {
        this.database = database;
    }

    /**
     * Removes one batch of expired rows from each table, and one of the tokens of deleted owners.
     *
     * @return how many rows were removed. After a full batch there may be more. 0 if another node holds the lock
     */
    public Future<Integer> removeBatch() {
        return database.withTransaction(connection -> connection
                .preparedQuery(TRY_LOCK)
                .execute(Tuple.of(LOCK))
                .compose(rows ->
                        rows.iterator().next().getBoolean(0) ? removeFromAll(connection) : Future.succeededFuture(0)));
    }

    private static Future<Integer> removeFromAll(SqlConnection connection) {
        Future<Integer> removed = Future.succeededFuture(0);
        for (String table : TABLES) {
            removed = removed.compose(before -> removeFrom(connection, table).map(count -> before + count));
        }
        return removed.compose(before -> DeletedOwners.removeBatch(connection).map(count -> before + count));
    }

    /** Counts the rows to remove, at most 100,000 of each table and kind. */
    public Future<Long> backlog() {
        return database.query(BACKLOG, Tuple.tuple())
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** Whether a result indicates that more rows are left to remove. */
    public static boolean isFull(int removed) {
        return removed >= BATCH;
    }

    /**
     * Selects the expired rows of a table, which no read finds.
     *
     * <p><i>Why a bigint</i>: the index of the column is one of bigints. PostgreSQL would compare the column with a numeric as a
     * numeric, and read every row.
     */
    static String expired(String columns, String table) {
        return "SELECT " + columns + " FROM " + table + " WHERE delete_at <= floor(extract(epoch FROM now()))::bigint";
    }

    private static Future<Integer> removeFrom(SqlConnection connection, String table) {
        // SKIP LOCKED: a row that a request has locked is removed by a later batch, so this job and requests do not
        // wait.
        return connection
                .preparedQuery("DELETE FROM " + table + " WHERE ctid IN (" + expired("ctid", table)
                        + " ORDER BY delete_at LIMIT " + BATCH + " FOR UPDATE SKIP LOCKED)")
                .execute()
                .map(RowSet<Row>::rowCount);
    }
}
