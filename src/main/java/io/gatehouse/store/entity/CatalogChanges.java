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
 * Gives each transaction that affects the data path a version of its own, and logs which entities it changed.
 *
 * <p><i>Invariant</i>: the row of the version is locked until the write commits, so versions appear in order and without gaps.
 * A transaction takes this lock last.
 */
final class CatalogChanges {
    /** A node that is more changes behind reads everything. */
    static final int KEPT = 20_000;

    private static final int TRIM_EVERY = 1_000;
    /** A transaction with so many changes trims the log itself. */
    private static final int MANY = 100;

    private static final String ADD =
            "WITH next AS (UPDATE catalog_version SET version = version + 1 RETURNING version),"
                    + " added AS (INSERT INTO catalog_changes (version, entity, entity_id)"
                    + " SELECT version, entity, entity_id FROM next, unnest($1::text[], $2::uuid[]) AS changed (entity, entity_id))"
                    + " SELECT version, pg_notify('" + Listening.CHANNEL + "', '') FROM next";

    private static final String TRIM = "DELETE FROM catalog_changes WHERE version <="
            + " (SELECT version FROM catalog_changes ORDER BY version DESC OFFSET " + KEPT + " LIMIT 1)";

    private static final String IS_ANONYMOUS = "SELECT 1 FROM plugins WHERE config->>'anonymous' = ANY($1)"
            + " OR (config->>'anonymous' IS NOT NULL AND lower(config->>'anonymous') = ANY($2)) LIMIT 1";

    /** Conflicts with each write of the table, and with no lock of a row. */
    private static final String LOCK_CONSUMERS = "LOCK TABLE consumers IN SHARE MODE";

    private CatalogChanges() {}

    /** Adds an entity that was created or changed to the changes, if the data path uses it. */
    static Future<Void> addWritten(
            SqlConnection connection,
            EntitySchema schema,
            @Nullable Document before,
            Document after,
            WriteEffects effects) {
        return lockConsumers(connection, schema, after)
                .compose(locked -> isForDataPath(connection, schema, before, after))
                .map(isUsed -> {
                    if (isUsed) {
                        effects.changed(schema.name(), List.of(after.id()));
                    }
                    return null;
                });
    }

    /**
     * If the entity is a plugin with an anonymous Consumer, waits for concurrent writes of Consumers. Later ones wait until this
     * transaction ends.
     *
     * <p><i>Why</i>: a write of the Consumer that does not see the plugin makes no version. The nodes would keep what they read of the
     * Consumer with the version of the plugin.
     */
    private static Future<?> lockConsumers(SqlConnection connection, EntitySchema schema, Document after) {
        boolean hasAnonymous = schema.equals(EntitySchemas.PLUGINS)
                && after.get("config") instanceof Map<?, ?> config
                && config.get("anonymous") != null;
        return hasAnonymous ? connection.query(LOCK_CONSUMERS).execute() : Future.succeededFuture();
    }

    /**
     * Adds an entity that was deleted, and its cascade, to the changes, if the data path uses any of them.
     *
     * @param cascade from {@link #cascade}, read before the deletion
     */
    static Future<Void> addDeleted(
            SqlConnection connection,
            EntitySchema schema,
            Document deleted,
            Map<String, List<UUID>> cascade,
            WriteEffects effects) {
        boolean others = cascade.values().stream().anyMatch(ids -> !ids.isEmpty());
        return isForDataPath(connection, schema, deleted, null).map(isUsed -> {
            if (isUsed || others) {
                effects.changed(schema.name(), List.of(deleted.id()));
                cascade.forEach(effects::changed);
            }
            return null;
        });
    }

    private static Future<Boolean> isForDataPath(
            SqlConnection connection, EntitySchema schema, @Nullable Document before, @Nullable Document after) {
        return schema.equals(EntitySchemas.CONSUMERS)
                ? isAnonymous(connection, before, after)
                : Future.succeededFuture(schema.isInCatalog());
    }

    /** Logs the changes of a transaction. Returns their version; 0 if there are none. */
    static Future<Long> log(SqlConnection connection, Map<String, Set<UUID>> changes) {
        List<String> entities = new ArrayList<>();
        List<UUID> ids = new ArrayList<>();
        changes.forEach((entity, all) -> all.forEach(id -> {
            entities.add(entity);
            ids.add(id);
        }));
        if (ids.isEmpty()) {
            return Future.succeededFuture(0L);
        }
        return connection
                .preparedQuery(ADD)
                .execute(Tuple.of(entities.toArray(String[]::new), (Object) ids.toArray(UUID[]::new)))
                .map(rows -> rows.iterator().next().getLong(0))
                .compose(version -> version % TRIM_EVERY == 0 || ids.size() >= MANY
                        ? connection.preparedQuery(TRIM).execute().map(version)
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
}
