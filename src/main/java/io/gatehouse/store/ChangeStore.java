package io.gatehouse.store;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.Changes;
import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the changes since a moment, each one once, and records the contacts of nodes. Fails with a {@link StoreException}.
 *
 * <p><i>Why</i>: a moment is a PostgreSQL snapshot, which names the transactions it contains. So no change is missed although
 * transactions overlap.
 */
public final class ChangeStore {
    /** Beyond this many, a node drops every cached state. */
    private static final int MAX_DIGESTS = InvalidationLog.MAX_LISTED;

    private static final String RECORD = """
            INSERT INTO node_contacts (node_id, name, seen_at, writes, stale_after)
            VALUES ($1, $2, now(), $3, now() + make_interval(secs => $4))
            ON CONFLICT (node_id) DO UPDATE SET seen_at = now(), stale_after = excluded.stale_after""";

    private static final String NAMES =
            "SELECT node_id, name FROM node_contacts WHERE node_id = ANY($1) AND name IS NOT NULL";

    private static final String WRITERS =
            "SELECT node_id FROM node_contacts WHERE writes AND seen_at > now() - make_interval(secs => %d)"
                    .formatted(ClusterTimings.WRITER_TIMEOUT.toSeconds());

    private static final String ACTIVE = WRITERS + " UNION SELECT node_id FROM node_contacts WHERE stale_after > now()";

    private static final String REMOVE = "DELETE FROM node_contacts WHERE node_id = $1";

    // A read-only server may be a replica that lags behind, so it may lack changes.
    private static final String READ = """
            WITH request AS (SELECT $1::text::pg_snapshot AS since),
                 missed AS (SELECT digest FROM credential_invalidations, request
                             WHERE xact >= pg_snapshot_xmin(since) AND NOT pg_visible_in_snapshot(xact, since)
                            UNION ALL
                            SELECT digest FROM credential_invalidations WHERE (SELECT since IS NULL FROM request)
                             LIMIT %d)
            SELECT gatehouse_epoch() AS epoch,
                   pg_current_snapshot()::text AS until,
                   current_setting('transaction_read_only') = 'on' AS read_only,
                   (SELECT version FROM catalog_version) AS catalog_version,
                   (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS epoch_millis,
                   ARRAY(%s) AS writers,
                   since IS NULL OR (pg_snapshot_xmax(since) <= pg_snapshot_xmax(pg_current_snapshot())
                     AND pg_visible_in_snapshot((SELECT xact FROM credential_invalidations_trimmed), since)) AS reaches_back,
                   (SELECT array_agg(digest) FROM missed) AS digests
              FROM request""".formatted(MAX_DIGESTS + 1, WRITERS);

    // A bigint, as in ExpiredRows: a comparison with a numeric would read the whole log.
    static final String TRIM = """
            WITH old AS (DELETE FROM credential_invalidations
                          WHERE noted_at < extract(epoch FROM now())::bigint - %d RETURNING xact),
                 newest AS (SELECT max(xact::text::numeric) AS xact FROM old)
            UPDATE credential_invalidations_trimmed trimmed SET xact = newest.xact::text::xid8 FROM newest
             WHERE newest.xact > trimmed.xact::text::numeric""".formatted(ClusterTimings.INVALIDATION_LOG_KEPT.toSeconds());

    private static final String REMOVE_OLD_NODES =
            "DELETE FROM node_contacts WHERE seen_at < now() - interval '1 hour'";

    private final Database database;

    public ChangeStore(Database database) {
        this.database = database;
    }

    /** Reads the changes since the previous reply; for null, the whole log. */
    public Future<Changes> since(@Nullable String until) {
        return database.query(READ, Tuple.tuple(new ArrayList<>(Arrays.asList(until))))
                .compose(this::changes);
    }

    private Future<Changes> changes(RowSet<Row> rows) {
        Row row = rows.iterator().next();
        if (row.getBoolean("read_only")) {
            database.leaveReadOnlyServer();
            return Future.failedFuture(new StoreException.DatabaseUnavailable("the database is read-only"));
        }
        List<CredentialDigest> digests = new ArrayList<>();
        if (row.getArrayOfBuffers("digests") != null) {
            Arrays.stream(row.getArrayOfBuffers("digests"))
                    .forEach(bytes -> digests.add(CredentialDigest.ofBytes(bytes.getBytes())));
        }
        boolean isAll = row.getBoolean("reaches_back") && digests.size() <= MAX_DIGESTS;
        return Future.succeededFuture(new Changes(
                row.getString("epoch"),
                row.getString("until"),
                isAll,
                isAll ? digests : List.of(),
                row.getLong("catalog_version"),
                List.of(row.getArrayOfStrings("writers")),
                row.getLong("epoch_millis")));
    }

    /**
     * Records that a node is active.
     *
     * @param name its name for operators; null: unknown
     * @param writes whether it writes to this database itself
     * @param maxStale how long it may trust its cache from now on
     */
    public Future<Void> recordNode(String nodeId, @Nullable String name, boolean writes, Duration maxStale) {
        return database.query(RECORD, TokenRows.tuple(nodeId, name, writes, maxStale.toMillis() / 1000.0))
                .mapEmpty();
    }

    /** Reads the nodes' names for operators, by id. Nodes without a recorded name are left out. */
    public Future<Map<String, String>> names(List<String> nodeIds) {
        return database.query(NAMES, Tuple.of(nodeIds.toArray(String[]::new))).map(rows -> {
            Map<String, String> names = new HashMap<>();
            rows.forEach(row -> names.put(row.getString(0), row.getString(1)));
            return names;
        });
    }

    /** Reads the nodes that write, or that may trust their caches. */
    public Future<List<String>> activeNodes() {
        return database.query(ACTIVE, Tuple.tuple())
                .map(rows -> rows.stream().map(row -> row.getString(0)).toList());
    }

    /** Removes a node that has stopped. */
    public Future<Void> removeNode(String nodeId) {
        return database.query(REMOVE, Tuple.of(nodeId)).mapEmpty();
    }

    /** Removes invalidations that are older than any usable entry, and nodes without a contact for an hour. */
    public Future<Void> removeOldRows() {
        return database.withTransaction(connection -> connection
                .query(TRIM)
                .execute()
                .compose(removed -> connection.query(REMOVE_OLD_NODES).execute())
                .mapEmpty());
    }
}
