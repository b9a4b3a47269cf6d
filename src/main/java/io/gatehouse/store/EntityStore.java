package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every entity, read and written by its schema. Each write is one transaction that also raises the catalog version when
 * the data path runs on the entity, and says which cached facts it makes untrue.
 *
 * <p>Fails with a {@link StoreException}.
 */
public final class EntityStore {
    private final Database database;
    private final Map<String, Table> tables =
            EntitySchemas.all().stream().collect(Collectors.toUnmodifiableMap(EntitySchema::name, Table::new));

    public EntityStore(Database database) {
        this.database = database;
    }

    /** A page of entities in the order of their ids. */
    public Future<Page> list(EntitySchema schema, ListQuery query) {
        List<Object> parameters = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        if (query.after() != null) {
            parameters.add(query.after());
            conditions.add("id > $" + parameters.size());
        }
        if (!query.tags().isEmpty()) {
            parameters.add(query.tags().toArray(String[]::new));
            conditions.add("tags " + (query.anyTag() ? "?|" : "?&") + " $" + parameters.size() + "::text[]");
        }
        query.equal().forEach((name, value) -> {
            parameters.add(value);
            conditions.add(Table.column(schema.field(name).orElseThrow()) + " = $" + parameters.size());
        });
        Table table = table(schema);
        String sql = table.select()
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
                + " ORDER BY id LIMIT " + (query.size() + 1);
        return database.query(sql, Tuple.tuple(new ArrayList<>(parameters))).map(rows -> {
            List<Document> documents = documents(table, rows);
            boolean more = documents.size() > query.size();
            return new Page(more ? documents.subList(0, query.size()) : documents, more);
        });
    }

    /** The entity selected, if it exists. */
    public Future<Optional<Document>> find(EntitySchema schema, EntityRef selector) {
        return database.withConnection(connection -> find(connection, table(schema), selector, false))
                .map(Optional::ofNullable);
    }

    /** Stores a new entity. */
    public Future<WriteResult> insert(EntitySchema schema, Document document) {
        return database.withTransaction(connection -> resolveReferences(connection, schema, document)
                .compose(resolved -> insert(connection, table(schema), resolved)));
    }

    /**
     * Creates or changes the entity selected, under a lock.
     *
     * @param edit gets the entity as it is, or null, and answers it as it should be, complete; its failure is the
     *     answer, and nothing is changed
     */
    public Future<WriteResult> write(
            EntitySchema schema, EntityRef selector, Function<@Nullable Document, Future<Document>> edit) {
        return tryWrite(schema, selector, edit)
                // Somebody created it between our look and our insert: it is a change then.
                .recover(failure -> isOvertaken(schema, selector, failure)
                        ? tryWrite(schema, selector, edit)
                        : Future.failedFuture(failure));
    }

    private static boolean isOvertaken(EntitySchema schema, EntityRef selector, Throwable failure) {
        return failure instanceof StoreException.PrimaryKeyViolation
                || (failure instanceof StoreException.UniqueViolation unique
                        && schema.key() != null
                        && selector.idOrKey().equals(unique.fields().get(schema.key())));
    }

    /** The values a text field has anywhere, each once, in order. */
    public Future<List<String>> distinct(EntitySchema schema, String field) {
        String column = Table.column(schema.field(field).orElseThrow());
        String sql = "SELECT DISTINCT " + column + " FROM " + schema.name() + " ORDER BY 1";
        return database.query(sql, Tuple.tuple()).map(rows -> {
            List<String> values = new ArrayList<>(rows.size());
            rows.forEach(row -> values.add(row.getString(0)));
            return values;
        });
    }

    private Future<WriteResult> tryWrite(
            EntitySchema schema, EntityRef selector, Function<@Nullable Document, Future<Document>> edit) {
        Table table = table(schema);
        return database.withTransaction(connection -> find(connection, table, selector, true)
                .compose(current -> edit.apply(current)
                        .compose(wanted -> resolveReferences(connection, schema, wanted))
                        .compose(wanted -> current == null
                                ? insert(connection, table, wanted)
                                : update(connection, table, current, wanted))));
    }

    /** Removes the entity and what goes with it; empty when it was not there. */
    public Future<Optional<WriteResult>> delete(EntitySchema schema, EntityRef selector) {
        Table table = table(schema);
        return database.withTransaction(connection -> find(connection, table, selector, true)
                .compose(current -> current == null
                        ? Future.succeededFuture(Optional.empty())
                        : delete(connection, table, current).map(Optional::of)));
    }

    /**
     * What the writes of the last seconds did. Whoever made one may have died before it told the nodes, and whoever asks
     * again finds it done.
     */
    public Future<WriteResult> lately() {
        return InvalidationLog.lately(database);
    }

    private Table table(EntitySchema schema) {
        return Objects.requireNonNull(tables.get(schema.name()));
    }

    private Future<@Nullable Document> find(
            SqlConnection connection, Table table, EntityRef selector, boolean forUpdate) {
        // A key may have the form of an id. An id is looked up first, so that a key never hides an entity.
        Future<@Nullable Document> byId = uuid(selector.idOrKey())
                .map(id -> find(connection, table, "id", id, selector, forUpdate))
                .orElseGet(Future::succeededFuture);
        return byId.compose(found ->
                found == null ? findByKey(connection, table, selector, forUpdate) : Future.succeededFuture(found));
    }

    private Future<@Nullable Document> findByKey(
            SqlConnection connection, Table table, EntityRef selector, boolean forUpdate) {
        Field key = table.schema().key() == null
                ? null
                : table.schema().field(table.schema().key()).orElseThrow();
        // A key that is unique among one parent's children alone names nothing without the parent.
        if (key == null || !(key.isUnique() || selector.parentField() != null)) {
            return Future.succeededFuture();
        }
        String text = selector.idOrKey();
        return find(connection, table, Table.column(key), Table.keyValue(key, text), selector, forUpdate)
                // A request by the token itself may be shown the token.
                .map(found -> found != null && key.isDigested() ? found.with(key.name(), text) : found);
    }

    private static Future<@Nullable Document> find(
            SqlConnection connection, Table table, String column, Object value, EntityRef selector, boolean forUpdate) {
        List<Object> parameters = new ArrayList<>();
        parameters.add(value);
        String sql = table.select() + " WHERE " + column + " = $1";
        if (selector.parentField() != null) {
            parameters.add(Objects.requireNonNull(selector.parentId()));
            sql += " AND " + selector.parentField() + "_id = $2";
        }
        return connection
                .preparedQuery(forUpdate ? sql + " FOR UPDATE" : sql)
                .execute(Tuple.tuple(new ArrayList<>(parameters)))
                .map(rows -> {
                    List<Document> found = documents(table, rows);
                    return found.isEmpty() ? null : found.get(0);
                });
    }

    private Future<WriteResult> insert(SqlConnection connection, Table table, Document document) {
        EntitySchema schema = table.schema();
        return connection
                .preparedQuery(table.insert)
                .execute(table.tuple(document))
                .recover(failure -> SqlFailures.onWrite(schema, document, failure))
                .compose(rows -> writeChildKeys(connection, table, document))
                .compose(done -> CatalogChanges.note(connection, schema, null, document))
                .compose(version -> InvalidationLog.note(connection, InvalidatedDigests.afterWrite(schema, document))
                        .map(invalidated -> new WriteResult(null, shown(schema, document), version, invalidated)));
    }

    private Future<WriteResult> update(SqlConnection connection, Table table, Document current, Document wanted) {
        EntitySchema schema = table.schema();
        boolean changed = !withoutTime(current).equals(withoutTime(shown(schema, wanted)));
        Future<List<CredentialDigest>> before =
                changed ? InvalidatedDigests.onUpdate(connection, schema, current) : Future.succeededFuture(List.of());
        return before.compose(invalidated -> connection
                .preparedQuery(table.update)
                .execute(table.tuple(wanted))
                .recover(failure -> SqlFailures.onWrite(schema, wanted, failure))
                .compose(rows -> writeChildKeys(connection, table, wanted))
                .compose(done ->
                        changed ? CatalogChanges.note(connection, schema, current, wanted) : Future.succeededFuture(0L))
                .compose(version -> {
                    List<CredentialDigest> all = new ArrayList<>(invalidated);
                    all.addAll(InvalidatedDigests.afterWrite(schema, wanted));
                    return InvalidationLog.note(connection, all)
                            .map(noted -> new WriteResult(current, shown(schema, wanted), version, noted));
                }));
    }

    /** Makes the entities whose keys a document lists, and removes those it does not list any more. */
    private Future<Void> writeChildKeys(SqlConnection connection, Table table, Document document) {
        Future<Void> written = Future.succeededFuture();
        for (Map.Entry<String, ChildKeys> field : table.childKeys().entrySet()) {
            written = written.compose(done -> field.getValue()
                    .write(
                            connection,
                            document.id(),
                            document.strings(field.getKey()),
                            (schema, child) -> insert(connection, table(schema), child),
                            (schema, id) -> find(connection, table(schema), EntityRef.of(id.toString()), true)
                                    .compose(child -> delete(connection, table(schema), Objects.requireNonNull(child)))
                                    .mapEmpty()));
        }
        return written;
    }

    private Future<WriteResult> delete(SqlConnection connection, Table table, Document current) {
        EntitySchema schema = table.schema();
        return InvalidatedDigests.onDelete(connection, schema, current)
                .compose(invalidated -> CatalogChanges.cascade(connection, schema, current.id())
                        .compose(along -> connection
                                .preparedQuery(table.delete)
                                .execute(Tuple.of(current.id()))
                                .recover(failure -> SqlFailures.onDelete(schema, failure))
                                .compose(rows -> CatalogChanges.noteGone(connection, schema, current, along)))
                        .compose(version -> InvalidationLog.note(connection, invalidated)
                                .map(noted -> new WriteResult(current, null, version, noted))));
    }

    /** Replaces references by key with references by id. */
    private Future<Document> resolveReferences(SqlConnection connection, EntitySchema schema, Document document) {
        return References.resolve(
                (target, key) -> find(connection, table(target), EntityRef.of(key), false), schema, document);
    }

    private static List<Document> documents(Table table, RowSet<Row> rows) {
        List<Document> documents = new ArrayList<>(rows.size());
        rows.forEach(row -> documents.add(table.document(row)));
        return documents;
    }

    private static Document shown(EntitySchema schema, Document document) {
        return document.without(schema.fields().stream()
                .filter(Field::isHidden)
                .map(Field::name)
                .toList());
    }

    private static Document withoutTime(Document document) {
        return document.without(List.of("updated_at"));
    }

    private static Optional<UUID> uuid(String text) {
        try {
            // UUID.fromString also takes shortened forms, which are names here.
            return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
