package io.gatehouse.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.stream.Collectors;

/** Removes rows whose time is over, a bounded batch at a time; rows without an end are never touched. */
public final class ExpiredRows {
    private static final int BATCH = 1_000;
    /** Any number, as long as it is this job's own: whoever holds it is the one node that cleans. */
    private static final long LOCK = 0x6761_7465_636c_6e73L;

    /** Beyond this nobody needs the exact number, and counting costs. */
    private static final int BACKLOG_LIMIT = 100_000;

    private static final List<String> TABLES =
            List.of("oauth2_tokens", "oauth2_authorization_codes", "oauth2_rotated_tokens", "keyauth_credentials");

    private static final String BACKLOG = TABLES.stream()
            .map(table -> "(SELECT count(*) FROM (SELECT 1 FROM " + table
                    + " WHERE delete_at < extract(epoch FROM now()) LIMIT " + BACKLOG_LIMIT + ") expired)")
            .collect(Collectors.joining(" + ", "SELECT ", ""));

    private static final String TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1)";

    private final Database database;

    public ExpiredRows(Database database) {
        this.database = database;
    }

    /**
     * Removes one batch from each table.
     *
     * @return how many rows went; a full batch or more says that there may be others; 0 also when another node is at it
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
        return removed;
    }

    /** How many rows wait to be removed; each table counts for 100,000 at most. */
    public Future<Long> backlog() {
        return database.query(BACKLOG, Tuple.tuple())
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** Whether a result says that there is more to do now. */
    public static boolean isFull(int removed) {
        return removed >= BATCH;
    }

    private static Future<Integer> removeFrom(SqlConnection connection, String table) {
        // SKIP LOCKED: a row somebody is just using waits for the next round, and nobody waits for the broom.
        return connection
                .preparedQuery("DELETE FROM " + table + " WHERE ctid IN (SELECT ctid FROM " + table
                        + " WHERE delete_at < extract(epoch FROM now()) ORDER BY delete_at LIMIT " + BATCH
                        + " FOR UPDATE SKIP LOCKED)")
                .execute()
                .map(RowSet<Row>::rowCount);
    }
}
