package io.gatehouse.store.entity;

import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.Database;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the configuration as of one moment: all of it, or the changes since a version. */
public final class CatalogStore {
    private static final String STATE =
            "SELECT version, gatehouse_epoch() AS epoch, pg_is_in_recovery() AS is_replica FROM catalog_version";
    private static final String OLDEST_CHANGE = "SELECT coalesce(min(version), 0) FROM catalog_changes";
    /** Beyond this many, reading everything is as fast. */
    private static final int MAX_CHANGES = 5_000;
    /** As many as an event loop makes documents of in a turn. */
    private static final int SHORT_ROWS = 500;

    private static final String CHANGES =
            "SELECT DISTINCT entity, entity_id FROM catalog_changes WHERE version > $1 LIMIT " + (MAX_CHANGES + 1);

    /** Arrays, so that both indexes of the Consumers are used: a join reads all of them for each change. */
    private static final String ANONYMOUS_CONSUMERS =
            " WHERE id = ANY(ARRAY(SELECT CASE WHEN config->>'anonymous' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"
                    + " THEN (config->>'anonymous')::uuid END FROM plugins WHERE config->>'anonymous' IS NOT NULL))"
                    + " OR username = ANY(ARRAY(SELECT config->>'anonymous' FROM plugins WHERE config->>'anonymous' IS NOT NULL))";

    private final Database database;
    private final Map<String, Table> tables = EntitySchemas.all().stream()
            .filter(EntitySchema::isInCatalog)
            .collect(Collectors.toUnmodifiableMap(EntitySchema::name, Table::new));

    public CatalogStore(Database database) {
        this.database = database;
    }

    /** Reads everything that the data path uses, consistent with its version. */
    public Future<CatalogSnapshot> load() {
        return load(0);
    }

    /** Reads the changes after a version, or everything if the log of changes does not reach back to it. */
    public Future<CatalogSnapshot> load(long since) {
        return database.withTransaction(connection -> connection
                .query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .execute()
                .compose(set -> connection.query(STATE).execute())
                .map(State::of)
                .compose(state -> {
                    if (since <= 0) {
                        return everything(connection, state);
                    }
                    // A replica has an epoch of its own, and one that lags behind looks like a restored database.
                    if (state.isReplica()) {
                        return Future.failedFuture(new StoreException.DatabaseUnavailable("the database is read-only"));
                    }
                    if (since == state.version()) {
                        return Future.succeededFuture(state.snapshot(since, Map.of(), Map.of()));
                    }
                    return since > state.version()
                            ? everything(connection, state)
                            : number(connection, OLDEST_CHANGE)
                                    .compose(oldest -> oldest == 0 || oldest > since + 1
                                            ? everything(connection, state)
                                            : changes(connection, since, state));
                }));
    }

    /** Identifies the newest configuration. */
    private record State(long version, String epoch, boolean isReplica) {
        static State of(RowSet<Row> rows) {
            Row row = rows.iterator().next();
            return new State(row.getLong("version"), row.getString("epoch"), row.getBoolean("is_replica"));
        }

        CatalogSnapshot snapshot(
                long since,
                Map<String, List<Map<String, @Nullable Object>>> entities,
                Map<String, List<String>> removed) {
            return new CatalogSnapshot(epoch, since, version, entities, removed);
        }
    }

    private static Future<Long> number(SqlConnection connection, String sql) {
        return connection
                .query(sql)
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }

    private Future<CatalogSnapshot> everything(SqlConnection connection, State state) {
        Map<String, List<Map<String, @Nullable Object>>> entities = new LinkedHashMap<>();
        Future<Void> read = Future.succeededFuture();
        for (Table table : tables.values()) {
            String where = isConsumers(table) ? ANONYMOUS_CONSUMERS : "";
            read = read.compose(done -> rows(connection, table, where, Tuple.tuple()))
                    .map(found -> {
                        entities.put(table.schema().name(), found);
                        return null;
                    });
        }
        return read.map(done -> state.snapshot(0, entities, Map.of()));
    }

    private Future<CatalogSnapshot> changes(SqlConnection connection, long since, State state) {
        return connection.preparedQuery(CHANGES).execute(Tuple.of(since)).compose(rows -> {
            if (rows.size() > MAX_CHANGES) {
                return everything(connection, state);
            }
            Map<String, Set<UUID>> changed = new LinkedHashMap<>();
            rows.forEach(row -> changed.computeIfAbsent(row.getString(0), entity -> new LinkedHashSet<>())
                    .add(row.getUUID(1)));
            return changes(connection, since, state, changed);
        });
    }

    private Future<CatalogSnapshot> changes(
            SqlConnection connection, long since, State state, Map<String, Set<UUID>> changed) {
        Map<String, List<Map<String, @Nullable Object>>> entities = new LinkedHashMap<>();
        Map<String, List<String>> removed = new LinkedHashMap<>();
        Future<Void> read = Future.succeededFuture();
        for (Table table : tables.values()) {
            String name = table.schema().name();
            Set<UUID> ids = changed.getOrDefault(name, Set.of());
            if (isConsumers(table)) {
                read = read.compose(done -> rows(connection, table, ANONYMOUS_CONSUMERS, Tuple.tuple()))
                        .map(found -> {
                            entities.put(name, found);
                            return null;
                        });
            } else if (!ids.isEmpty()) {
                Tuple parameters = Tuple.of(ids.toArray(UUID[]::new));
                read = read.compose(done -> rows(connection, table, " WHERE id = ANY($1)", parameters))
                        .map(found -> {
                            entities.put(name, found);
                            removed.put(name, missing(ids, found));
                            return null;
                        });
            }
        }
        return read.map(done -> state.snapshot(since, entities, removed));
    }

    private static boolean isConsumers(Table table) {
        return table.schema().equals(EntitySchemas.CONSUMERS);
    }

    private static List<String> missing(Set<UUID> ids, List<Map<String, @Nullable Object>> found) {
        Set<String> missing = new LinkedHashSet<>();
        ids.forEach(id -> missing.add(id.toString()));
        found.forEach(entity -> missing.remove(String.valueOf(entity.get("id"))));
        return List.copyOf(missing);
    }

    private Future<List<Map<String, @Nullable Object>>> rows(
            SqlConnection connection, Table table, String where, Tuple parameters) {
        return connection
                .preparedQuery(table.select + where)
                .execute(parameters)
                .compose(rows -> rows.size() <= SHORT_ROWS
                        ? Future.succeededFuture(values(table, rows))
                        : database.onWorker(() -> values(table, rows)));
    }

    private static List<Map<String, @Nullable Object>> values(Table table, RowSet<Row> rows) {
        List<Map<String, @Nullable Object>> documents = new ArrayList<>(rows.size());
        for (Row row : rows) {
            documents.add(table.document(row).values());
        }
        return documents;
    }
}
