package io.gatehouse.store;

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
 * Reads what changed since a moment, each change once and none missed, however transactions overlap: a moment is a
 * PostgreSQL snapshot, which knows the transactions it has seen. Fails with a {@link StoreException}.
 */
public final class ChangeStore {
    /** Beyond this many a node forgets everything rather than each. */
    private static final int MAX_DIGESTS = 5_000;
    /** Who has not asked for so long forgets everything. Longer than what is shared counts (ADR 13). */
    private static final Duration KEPT = Duration.ofMinutes(70);
    /** A writer says that it is there every second. */
    private static final Duration SEEN = Duration.ofSeconds(10);

    private static final String SEE = """
            INSERT INTO nodes (node_id, name, seen_at, writes, remembers_until)
            VALUES ($1, $2, now(), $3, now() + make_interval(secs => $4))
            ON CONFLICT (node_id) DO UPDATE SET seen_at = now(), remembers_until = excluded.remembers_until""";

    private static final String NAMES = "SELECT node_id, name FROM nodes WHERE node_id = ANY($1) AND name IS NOT NULL";

    private static final String WRITERS =
            "SELECT node_id FROM nodes WHERE writes AND seen_at > now() - make_interval(secs => %d)"
                    .formatted(SEEN.toSeconds());

    private static final String AT_WORK = WRITERS + " UNION SELECT node_id FROM nodes WHERE remembers_until > now()";

    private static final String LEAVE = "DELETE FROM nodes WHERE node_id = $1";

    // A server that only reads may be a replica that lags behind: what it has not heard of is not the truth.
    private static final String READ = """
            WITH asked AS (SELECT $1::text::pg_snapshot AS since),
                 missed AS (SELECT digest FROM untrue_facts, asked
                             WHERE xact >= pg_snapshot_xmin(since) AND NOT pg_visible_in_snapshot(xact, since)
                            UNION ALL
                            SELECT digest FROM untrue_facts WHERE (SELECT since IS NULL FROM asked)
                             LIMIT %d)
            SELECT gatehouse_epoch() AS epoch,
                   pg_current_snapshot()::text AS until,
                   current_setting('transaction_read_only') = 'on' AS read_only,
                   (SELECT version FROM catalog_version) AS catalog_version,
                   (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS epoch_millis,
                   ARRAY(%s) AS writers,
                   since IS NULL OR (pg_snapshot_xmax(since) <= pg_snapshot_xmax(pg_current_snapshot())
                     AND pg_visible_in_snapshot((SELECT xact FROM untrue_facts_removed), since)) AS reaches_back,
                   (SELECT array_agg(digest) FROM missed) AS digests
              FROM asked""".formatted(MAX_DIGESTS + 1, WRITERS);

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

    /** What changed since the answer before; for null everything there is. */
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
     * Says that a node is there.
     *
     * @param name what operators call it; null: unknown
     * @param writes whether it can write here itself
     * @param maxStale for how long it may believe what it remembers without asking again
     */
    public Future<Void> see(String nodeId, @Nullable String name, boolean writes, Duration maxStale) {
        return database.query(SEE, TokenRows.tuple(nodeId, name, writes, maxStale.toMillis() / 1000.0))
                .mapEmpty();
    }

    /** What operators call these nodes, by id; those whose name is unknown are left out. */
    public Future<Map<String, String>> names(List<String> nodeIds) {
        return database.query(NAMES, Tuple.of(nodeIds.toArray(String[]::new))).map(rows -> {
            Map<String, String> names = new HashMap<>();
            rows.forEach(row -> names.put(row.getString(0), row.getString(1)));
            return names;
        });
    }

    /** The nodes that can write, or that may believe what they remember. */
    public Future<List<String>> atWork() {
        return database.query(AT_WORK, Tuple.tuple())
                .map(rows -> rows.stream().map(row -> row.getString(0)).toList());
    }

    /** Says that a node will not be there any more. */
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
