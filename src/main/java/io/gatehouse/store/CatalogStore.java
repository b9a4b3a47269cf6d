package io.gatehouse.store;

import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.Document;
import io.gatehouse.entity.EntitySchema;
import io.gatehouse.entity.EntitySchemas;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the whole configuration as of one moment. */
public final class CatalogStore {
    private static final String VERSION = "SELECT version FROM catalog_version";

    private final Database database;

    public CatalogStore(Database database) {
        this.database = database;
    }

    /** Raises the version within a write's transaction; the row's lock puts concurrent writes in order. */
    static Future<Long> nextVersion(SqlConnection connection) {
        return connection
                .query("UPDATE catalog_version SET version = version + 1 RETURNING version")
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** The number of the newest committed configuration. */
    public Future<Long> version() {
        return database.withConnection(connection -> connection.query(VERSION).execute())
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** Everything the data path runs on, consistent with its version. */
    public Future<CatalogSnapshot> load() {
        return database.withTransaction(connection -> connection
                .query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .execute()
                .compose(set -> connection.query(VERSION).execute())
                .compose(version ->
                        snapshot(connection, version.iterator().next().getLong(0))));
    }

    private static Future<CatalogSnapshot> snapshot(SqlConnection connection, long version) {
        return all(connection, EntitySchemas.SERVICES, "")
                .compose(services -> all(connection, EntitySchemas.ROUTES, "")
                        .compose(routes -> all(connection, EntitySchemas.PLUGINS, "")
                                .compose(plugins -> all(
                                                connection,
                                                EntitySchemas.CONSUMERS,
                                                " WHERE id::text IN (SELECT config->>'anonymous' FROM plugins)"
                                                        + " OR username IN (SELECT config->>'anonymous' FROM plugins)")
                                        .map(consumers ->
                                                new CatalogSnapshot(version, services, routes, plugins, consumers)))));
    }

    private static Future<List<Map<String, @Nullable Object>>> all(
            SqlConnection connection, EntitySchema schema, String where) {
        Table table = new Table(schema);
        return connection.query(table.select() + where).execute().map(rows -> values(table, rows));
    }

    private static List<Map<String, @Nullable Object>> values(Table table, RowSet<Row> rows) {
        List<Map<String, @Nullable Object>> documents = new ArrayList<>(rows.size());
        for (Row row : rows) {
            Document document = table.document(row);
            documents.add(document.values());
        }
        return documents;
    }
}
