package io.gatehouse.store.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.SchemaViolation;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;

/**
 * Maps a field that holds the keys of the entities that reference this one ({@link Field#keysOf}). It is read as a list, and
 * written by creating and deleting those entities.
 */
final class ChildKeys {
    private final EntitySchema child;
    private final Field reference;
    private final Field key;
    private final String parentTable;
    private final String field;

    ChildKeys(EntitySchema parent, Field field) {
        this.field = field.name();
        this.child = EntitySchemas.find(field.keysOf().orElseThrow()).orElseThrow();
        this.reference = child.references().stream()
                .filter(candidate -> candidate.reference().equals(parent.name()))
                .findFirst()
                .orElseThrow();
        this.key = child.field(Objects.requireNonNull(child.key())).orElseThrow();
        this.parentTable = parent.name();
    }

    /** The sorted list as an expression in a query over the parent. */
    String sql() {
        return "(SELECT coalesce(jsonb_agg(child." + Columns.name(key) + " ORDER BY child." + Columns.name(key)
                + " COLLATE \"C\"), '[]') FROM " + child.name() + " child WHERE child." + Columns.name(reference)
                + " = "
                + parentTable + ".id)";
    }

    /** The id of the parent of the child whose key is {@code $1}, as an expression. */
    String parentOf() {
        return "(SELECT child." + Columns.name(reference) + " FROM " + child.name() + " child WHERE child."
                + Columns.name(key) + " = $1)";
    }

    /**
     * Creates and deletes children until they are those of the list.
     *
     * @param insert stores a child
     * @param remove deletes a child
     */
    Future<Void> write(
            SqlConnection connection,
            UUID parent,
            List<String> wanted,
            BiFunction<EntitySchema, Document, Future<Void>> insert,
            BiFunction<EntitySchema, UUID, Future<Void>> remove) {
        String sql = "SELECT id, " + Columns.name(key) + " FROM " + child.name() + " WHERE " + Columns.name(reference)
                + " = $1 FOR UPDATE";
        return connection.preparedQuery(sql).execute(Tuple.of(parent)).compose(rows -> {
            Set<String> missing = new LinkedHashSet<>(wanted);
            List<UUID> removed = new ArrayList<>();
            for (Row row : rows) {
                if (!missing.remove(row.getString(1))) {
                    removed.add(row.getUUID(0));
                }
            }
            Future<Void> written = rejectTaken(connection, missing);
            for (UUID id : removed) {
                written = written.compose(done -> remove.apply(child, id));
            }
            for (String name : missing) {
                Document document =
                        child.check(Map.of(key.name(), name, reference.name(), Map.of("id", parent.toString())));
                written = written.compose(done -> insert.apply(child, document));
            }
            return written;
        });
    }

    /** Rejects keys of children of another parent. A concurrent write of the same key is a unique violation. */
    private Future<Void> rejectTaken(SqlConnection connection, Set<String> keys) {
        if (keys.isEmpty()) {
            return Future.succeededFuture();
        }
        String column = Columns.name(key);
        String sql = "SELECT " + column + ", " + Columns.name(reference) + " FROM " + child.name() + " WHERE " + column
                + " = ANY($1) ORDER BY " + column + " LIMIT 1";
        return connection
                .preparedQuery(sql)
                .execute(Tuple.of(keys.toArray(String[]::new)))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        return Future.succeededFuture();
                    }
                    Row taken = rows.iterator().next();
                    String text = taken.getString(0) + " already associated with existing "
                            + parentTable.substring(0, parentTable.length() - 1) + " '" + taken.getUUID(1) + "'";
                    return Future.failedFuture(new SchemaViolation(Map.of(field, text)));
                });
    }
}
