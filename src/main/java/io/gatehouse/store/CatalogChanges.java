package io.gatehouse.store;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives each write that the data path has to know of its own version, and notes what it changed. The version's row is locked
 * until the write commits, so versions appear in order and none is ever skipped.
 */
final class CatalogChanges {
    /** A node further behind than this many versions reads everything. */
    static final int KEPT = 20_000;

    private static final int TRIM_EVERY = 1_000;

    private static final String NEXT_VERSION = "WITH next AS (UPDATE catalog_version SET version = version + 1"
            + " RETURNING version) INSERT INTO catalog_changes (version, entity, entity_id)"
            + " SELECT version, $1, $2 FROM next RETURNING version, pg_notify('" + Listening.CHANNEL + "', '')";

    private static final String NOTE_ALL = "INSERT INTO catalog_changes (version, entity, entity_id)"
            + " SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING";

    private static final String TRIM = "DELETE FROM catalog_changes WHERE version <= $1";

    private static final String IS_ANONYMOUS = "SELECT 1 FROM plugins WHERE config->>'anonymous' = ANY($1) LIMIT 1";

    private CatalogChanges() {}

    /** Notes an entity that came or changed; answers the version, or 0 when the data path does not run on it. */
    static Future<Long> note(SqlConnection connection, EntitySchema schema, @Nullable Document before, Document after) {
        return isForDataPath(connection, schema, before, after)
                .compose(matters -> matters ? next(connection, schema, after.id()) : Future.succeededFuture(0L));
    }

    /** Notes an entity that is gone, and what went along; answers the version, or 0 when the data path ran on none. */
    static Future<Long> noteGone(
            SqlConnection connection, EntitySchema schema, Document gone, Map<String, List<UUID>> along) {
        boolean others = along.values().stream().anyMatch(ids -> !ids.isEmpty());
        return isForDataPath(connection, schema, gone, null)
                .compose(
                        matters -> matters || others ? next(connection, schema, gone.id()) : Future.succeededFuture(0L))
                .compose(version -> noteAll(connection, along, version));
    }

    private static Future<Boolean> isForDataPath(
            SqlConnection connection, EntitySchema schema, @Nullable Document before, @Nullable Document after) {
        return schema.equals(EntitySchemas.CONSUMERS)
                ? isAnonymous(connection, before, after)
                : Future.succeededFuture(schema.isInCatalog());
    }

    private static Future<Long> next(SqlConnection connection, EntitySchema schema, UUID id) {
        return connection
                .preparedQuery(NEXT_VERSION)
                .execute(Tuple.of(schema.name(), id))
                .map(rows -> rows.iterator().next().getLong(0))
                .compose(version -> version % TRIM_EVERY == 0
                        ? connection
                                .preparedQuery(TRIM)
                                .execute(Tuple.of(version - KEPT))
                                .map(version)
                        : Future.succeededFuture(version));
    }

    /** Of consumers the data path knows those alone that stand in for callers without credentials. */
    private static Future<Boolean> isAnonymous(
            SqlConnection connection, @Nullable Document before, @Nullable Document after) {
        Set<String> names = new LinkedHashSet<>();
        for (Document consumer : new Document[] {before, after}) {
            if (consumer != null) {
                names.add(consumer.string("id"));
                String username = consumer.optionalString("username");
                if (username != null) {
                    names.add(username);
                }
            }
        }
        return connection
                .preparedQuery(IS_ANONYMOUS)
                .execute(Tuple.of(names.toArray(String[]::new)))
                .map(rows -> rows.size() > 0);
    }

    /** What goes along with an entity that is about to be deleted, by the name of its schema. */
    static Future<Map<String, List<UUID>>> cascade(SqlConnection connection, EntitySchema schema, UUID id) {
        Map<String, List<UUID>> children = new LinkedHashMap<>();
        Future<Void> found = Future.succeededFuture();
        for (EntitySchema other : EntitySchemas.all()) {
            for (Field reference : other.references()) {
                if (other.isInCatalog()
                        && reference.isCascading()
                        && reference.reference().equals(schema.name())) {
                    String sql = "SELECT id FROM " + other.name() + " WHERE " + Table.column(reference) + " = $1";
                    found = found.compose(done -> connection.preparedQuery(sql).execute(Tuple.of(id)))
                            .map(rows -> {
                                List<UUID> ids = children.computeIfAbsent(other.name(), name -> new ArrayList<>());
                                rows.forEach(row -> ids.add(row.getUUID(0)));
                                return null;
                            });
                }
            }
        }
        return found.map(done -> children);
    }

    private static Future<Long> noteAll(SqlConnection connection, Map<String, List<UUID>> gone, long version) {
        Future<Void> noted = Future.succeededFuture();
        for (Map.Entry<String, List<UUID>> kind : gone.entrySet()) {
            if (version > 0 && !kind.getValue().isEmpty()) {
                noted = noted.compose(done -> connection
                        .preparedQuery(NOTE_ALL)
                        .execute(
                                Tuple.of(version, kind.getKey(), kind.getValue().toArray(UUID[]::new)))
                        .mapEmpty());
            }
        }
        return noted.map(version);
    }
}
