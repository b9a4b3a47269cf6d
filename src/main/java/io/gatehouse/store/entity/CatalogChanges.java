package io.gatehouse.store.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.store.Listening;
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
 * Gives each write that affects the data path a version of its own, and logs which entities it changed.
 *
 * <p><i>Invariant</i>: the row of the version is locked until the write commits, so versions appear in order and without gaps.
 * A transaction takes this lock last.
 */
final class CatalogChanges {
    /** A node that is more versions behind reads everything. */
    static final int KEPT = 20_000;

    private static final int TRIM_EVERY = 1_000;

    private static final String NEXT_VERSION = "WITH next AS (UPDATE catalog_version SET version = version + 1"
            + " RETURNING version) INSERT INTO catalog_changes (version, entity, entity_id)"
            + " SELECT version, $1, $2 FROM next RETURNING version, pg_notify('" + Listening.CHANNEL + "', '')";

    private static final String ADD_ALL = "INSERT INTO catalog_changes (version, entity, entity_id)"
            + " SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING";

    private static final String TRIM = "DELETE FROM catalog_changes WHERE version <= $1";

    private static final String IS_ANONYMOUS = "SELECT 1 FROM plugins WHERE config->>'anonymous' = ANY($1)"
            + " OR (config->>'anonymous' IS NOT NULL AND lower(config->>'anonymous') = ANY($2)) LIMIT 1";

    private CatalogChanges() {}

    /** Logs an entity that was created or changed. Returns the version, or 0 if the data path does not use the entity. */
    static Future<Long> addWritten(
            SqlConnection connection, EntitySchema schema, @Nullable Document before, Document after) {
        return isForDataPath(connection, schema, before, after)
                .compose(isUsed -> isUsed ? next(connection, schema, after.id()) : Future.succeededFuture(0L));
    }

    /**
     * Logs an entity that was deleted, and its cascade. Returns the version, or 0 if the data path uses none of them.
     *
     * @param cascade from {@link #cascade}, read before the deletion
     */
    static Future<Long> addDeleted(
            SqlConnection connection, EntitySchema schema, Document deleted, Map<String, List<UUID>> cascade) {
        boolean others = cascade.values().stream().anyMatch(ids -> !ids.isEmpty());
        return isForDataPath(connection, schema, deleted, null)
                .compose(isUsed ->
                        isUsed || others ? next(connection, schema, deleted.id()) : Future.succeededFuture(0L))
                .compose(version -> addAll(connection, cascade, version));
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

    /** Whether a consumer is the anonymous one of a plugin. The data path uses no other consumers. */
    private static Future<Boolean> isAnonymous(
            SqlConnection connection, @Nullable Document before, @Nullable Document after) {
        Set<String> ids = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        for (Document consumer : new Document[] {before, after}) {
            if (consumer != null) {
                ids.add(consumer.string("id"));
                String username = consumer.optionalString("username");
                if (username != null) {
                    names.add(username);
                }
            }
        }
        return connection
                .preparedQuery(IS_ANONYMOUS)
                .execute(Tuple.tuple(List.of(names.toArray(String[]::new), ids.toArray(String[]::new))))
                .map(rows -> rows.size() > 0);
    }

    /** Finds the entities that PostgreSQL will delete with an entity, by the name of their schema. */
    static Future<Map<String, List<UUID>>> cascade(SqlConnection connection, EntitySchema schema, UUID id) {
        Map<String, List<UUID>> children = new LinkedHashMap<>();
        Future<Void> found = Future.succeededFuture();
        for (EntitySchema other : EntitySchemas.all()) {
            for (Field reference : other.references()) {
                if (other.isInCatalog()
                        && reference.isCascading()
                        && reference.reference().equals(schema.name())) {
                    String sql = Table.selectIdsBy(other, reference);
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

    private static Future<Long> addAll(SqlConnection connection, Map<String, List<UUID>> cascade, long version) {
        Future<Void> added = Future.succeededFuture();
        for (Map.Entry<String, List<UUID>> type : cascade.entrySet()) {
            if (version > 0 && !type.getValue().isEmpty()) {
                added = added.compose(done -> connection
                        .preparedQuery(ADD_ALL)
                        .execute(
                                Tuple.of(version, type.getKey(), type.getValue().toArray(UUID[]::new)))
                        .mapEmpty());
            }
        }
        return added.map(version);
    }
}
