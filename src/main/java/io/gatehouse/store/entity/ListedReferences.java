package io.gatehouse.store.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Checks the fields that list ids of other entities ({@link Field#idsOf}), for which PostgreSQL has no constraints.
 *
 * <p><i>Invariant</i>: a write shares the locks of the listed rows and a deletion has its row's lock alone, so that one of two
 * concurrent requests sees the other.
 */
final class ListedReferences {
    private ListedReferences() {}

    /** Fails with a {@link StoreException.ForeignKeyViolation} if a listed entity does not exist. */
    static Future<Void> requireAll(SqlConnection connection, EntitySchema schema, Document document) {
        Future<Void> checked = Future.succeededFuture();
        for (Field field : schema.fields()) {
            List<String> ids = field.idsOf().isPresent() ? document.strings(field.name()) : List.of();
            if (!ids.isEmpty()) {
                checked = checked.compose(done -> requireAll(connection, field, ids));
            }
        }
        return checked;
    }

    private static Future<Void> requireAll(SqlConnection connection, Field field, List<String> ids) {
        String target = field.idsOf().orElseThrow();
        // In one order, so that two writes do not wait for each other.
        String sql = "SELECT id FROM " + target + " WHERE id = ANY($1) ORDER BY id FOR KEY SHARE";
        UUID[] wanted = ids.stream().map(UUID::fromString).toArray(UUID[]::new);
        return connection.preparedQuery(sql).execute(Tuple.of(wanted)).compose(rows -> {
            Set<String> missing = new LinkedHashSet<>(ids);
            rows.forEach(row -> missing.remove(row.getUUID(0).toString()));
            return missing.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(new StoreException.ForeignKeyViolation(
                            field.name(), target, missing.iterator().next()));
        });
    }

    /** Fails with a {@link StoreException.ReferencedByOthers} if an entity lists the one that is to be deleted. */
    static Future<Void> rejectIfListed(SqlConnection connection, EntitySchema schema, Document deleted) {
        Future<Void> checked = Future.succeededFuture();
        for (EntitySchema other : EntitySchemas.all()) {
            for (Field field : other.fields()) {
                if (field.idsOf().filter(schema.name()::equals).isPresent()) {
                    checked = checked.compose(done -> rejectIfListed(connection, schema, deleted, other, field));
                }
            }
        }
        return checked;
    }

    private static Future<Void> rejectIfListed(
            SqlConnection connection, EntitySchema schema, Document deleted, EntitySchema other, Field field) {
        String id = deleted.string("id");
        String sql = "SELECT id FROM " + other.name() + " WHERE " + Columns.name(field) + " ? $1 ORDER BY id LIMIT 1";
        return connection
                .preparedQuery(sql)
                .execute(Tuple.of(id))
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture()
                        : Future.failedFuture(new StoreException.ReferencedByOthers(
                                schema, id, other, rows.iterator().next().getUUID(0))));
    }
}
