package io.gatehouse.store;

import io.gatehouse.oauth.Changes;
import io.gatehouse.oauth.TokenDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what changed since a moment, each change once and none missed, however transactions overlap: a moment is a
 * PostgreSQL snapshot, which knows the transactions it has seen. Fails with a {@link StoreException}.
 */
public final class ChangeStore {
    /** Beyond this many a node forgets everything rather than each. */
    private static final int MAX_FACTS = 5_000;
    /** Who has not asked for so long forgets everything. */
    private static final Duration KEPT = Duration.ofMinutes(10);
    /** A writer says that it is there every second. */
    private static final Duration SEEN = Duration.ofSeconds(10);

    private static final String SEE =
            "INSERT INTO nodes (node_id, seen_at) VALUES ($1, now()) ON CONFLICT (node_id) DO UPDATE SET seen_at = now()";

    private static final String WRITERS =
            "SELECT node_id FROM nodes WHERE seen_at > now() - make_interval(secs => %d)".formatted(SEEN.toSeconds());

    private static final String LEAVE = "DELETE FROM nodes WHERE node_id = $1";

    // A server that only reads may be a replica that lags behind: what it has not heard of is not the truth.
    private static final String READ = """
            WITH asked AS (SELECT $1::text::pg_snapshot AS since),
                 missed AS (SELECT digest FROM untrue_facts, asked
                             WHERE xact >= pg_snapshot_xmin(since) AND NOT pg_visible_in_snapshot(xact, since)
                             LIMIT %d)
            SELECT pg_current_snapshot()::text AS until,
                   current_setting('transaction_read_only') = 'on' AS read_only,
                   (SELECT version FROM catalog_version) AS catalog_version,
                   (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS epoch_millis,
                   ARRAY(%s) AS writers,
                   since IS NULL OR (pg_snapshot_xmax(since) <= pg_snapshot_xmax(pg_current_snapshot())
                     AND pg_visible_in_snapshot((SELECT xact FROM untrue_facts_removed), since)) AS reaches_back,
                   (SELECT array_agg(digest) FROM missed) AS digests
              FROM asked""".formatted(MAX_FACTS + 1, WRITERS);

    private static final String REMOVE_OLD = """
            WITH gone AS (DELETE FROM untrue_facts WHERE noted_at < extract(epoch FROM now()) - %d RETURNING xact),
                 newest AS (SELECT max(xact::text::numeric) AS xact FROM gone)
            UPDATE untrue_facts_removed removed SET xact = newest.xact::text::xid8 FROM newest
             WHERE newest.xact > removed.xact::text::numeric""".formatted(KEPT.toSeconds());

    private static final String REMOVE_NODES = "DELETE FROM nodes WHERE seen_at < now() - interval '1 hour'";

    private final Database database;

    public ChangeStore(Database database) {
        this.database = database;
    }

    /** What changed since the answer before; for null everything, which is nothing for somebody who remembers nothing. */
    public Future<Changes> since(@Nullable String until) {
        return database.query(READ, Tuple.tuple(new ArrayList<>(Arrays.asList(until))))
                .compose(this::changes);
    }

    private Future<Changes> changes(RowSet<Row> rows) {
        Row row = rows.iterator().next();
        if (row.getBoolean("read_only")) {
            database.leaveReadOnlyServer();
            return Future.failedFuture(new StoreException.DatabaseUnavailable("the database only reads"));
        }
        List<TokenDigest> digests = new ArrayList<>();
        if (row.getArrayOfBuffers("digests") != null) {
            Arrays.stream(row.getArrayOfBuffers("digests"))
                    .forEach(bytes -> digests.add(TokenDigest.ofBytes(bytes.getBytes())));
        }
        boolean isAll = row.getBoolean("reaches_back") && digests.size() <= MAX_FACTS;
        return Future.succeededFuture(new Changes(
                row.getString("until"),
                isAll,
                isAll ? digests : List.of(),
                row.getLong("catalog_version"),
                List.of(row.getArrayOfStrings("writers")),
                row.getLong("epoch_millis")));
    }

    /** Says that this node is there and can write. */
    public Future<Void> see(String nodeId) {
        return database.query(SEE, Tuple.of(nodeId)).mapEmpty();
    }

    /** The nodes that said a moment ago that they are there. */
    public Future<List<String>> writers() {
        return database.query(WRITERS, Tuple.tuple())
                .map(rows -> rows.stream().map(row -> row.getString(0)).toList());
    }

    /** Says that it will not be there any more. */
    public Future<Void> leave(String nodeId) {
        return database.query(LEAVE, Tuple.of(nodeId)).mapEmpty();
    }

    /** Removes what nobody can be waiting for. */
    public Future<Void> removeOld() {
        return database.withTransaction(connection -> connection
                .query(REMOVE_OLD)
                .execute()
                .compose(removed -> connection.query(REMOVE_NODES).execute())
                .mapEmpty());
    }
}
