package io.gatehouse.store;

import io.gatehouse.entity.Document;
import io.gatehouse.entity.EntitySchema;
import io.gatehouse.entity.EntitySchemas;
import io.gatehouse.entity.Field;
import io.gatehouse.oauth.TokenDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    public Future<Optional<Document>> find(EntitySchema schema, Selector selector) {
        return database.withConnection(connection -> find(connection, table(schema), selector, false))
                .map(Optional::ofNullable);
    }

    /** Stores a new entity. */
    public Future<Written> insert(EntitySchema schema, Document document) {
        return database.withTransaction(connection -> resolveReferences(connection, schema, document)
                .compose(resolved -> insert(connection, table(schema), resolved)));
    }

    /**
     * Creates or changes the entity selected, under a lock.
     *
     * @param edit gets the entity as it is, or null, and answers it as it should be, complete; its failure is the
     *     answer, and nothing is changed
     */
    public Future<Written> write(
            EntitySchema schema, Selector selector, Function<@Nullable Document, Future<Document>> edit) {
        return tryWrite(schema, selector, edit)
                // Somebody created it between our look and our insert: it is a change then.
                .recover(failure -> isOvertaken(schema, selector, failure)
                        ? tryWrite(schema, selector, edit)
                        : Future.failedFuture(failure));
    }

    private static boolean isOvertaken(EntitySchema schema, Selector selector, Throwable failure) {
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

    private Future<Written> tryWrite(
            EntitySchema schema, Selector selector, Function<@Nullable Document, Future<Document>> edit) {
        Table table = table(schema);
        return database.withTransaction(connection -> find(connection, table, selector, true)
                .compose(current -> edit.apply(current)
                        .compose(wanted -> resolveReferences(connection, schema, wanted))
                        .compose(wanted -> current == null
                                ? insert(connection, table, wanted)
                                : update(connection, table, current, wanted))));
    }

    /** Removes the entity and what goes with it; empty when it was not there. */
    public Future<Optional<Written>> delete(EntitySchema schema, Selector selector) {
        Table table = table(schema);
        return database.withTransaction(connection -> find(connection, table, selector, true)
                .compose(current -> current == null
                        ? Future.succeededFuture(Optional.empty())
                        : delete(connection, table, current).map(Optional::of)));
    }

    private Table table(EntitySchema schema) {
        return Objects.requireNonNull(tables.get(schema.name()));
    }

    private Future<@Nullable Document> find(
            SqlConnection connection, Table table, Selector selector, boolean forUpdate) {
        Optional<UUID> id = uuid(selector.idOrKey());
        Field key = table.schema().key() == null
                ? null
                : table.schema().field(table.schema().key()).orElseThrow();
        if (id.isEmpty() && key == null) {
            return Future.succeededFuture();
        }
        List<Object> parameters = new ArrayList<>();
        parameters.add(id.isPresent() ? id.get() : Table.keyValue(Objects.requireNonNull(key), selector.idOrKey()));
        String sql = table.select() + " WHERE " + (id.isPresent() ? "id" : Table.column(Objects.requireNonNull(key)))
                + " = $1";
        if (selector.parentField() != null) {
            parameters.add(Objects.requireNonNull(selector.parentId()));
            sql += " AND " + selector.parentField() + "_id = $2";
        }
        return connection
                .preparedQuery(forUpdate ? sql + " FOR UPDATE" : sql)
                .execute(Tuple.tuple(new ArrayList<>(parameters)))
                .map(rows -> {
                    List<Document> found = documents(table, rows);
                    if (found.isEmpty()) {
                        return null;
                    }
                    // Whoever asks by the token itself knows it already.
                    return id.isEmpty() && key != null && key.isDigested()
                            ? with(found.get(0), key.name(), selector.idOrKey())
                            : found.get(0);
                });
    }

    private Future<Written> insert(SqlConnection connection, Table table, Document document) {
        return connection
                .preparedQuery(table.insert)
                .execute(table.tuple(document))
                .recover(failure -> SqlFailures.onWrite(table.schema(), document, failure))
                .compose(rows -> version(connection, table.schema()))
                .map(version -> new Written(
                        null,
                        shown(table.schema(), document),
                        version,
                        AffectedFacts.afterWrite(table.schema(), document)));
    }

    private Future<Written> update(SqlConnection connection, Table table, Document current, Document wanted) {
        EntitySchema schema = table.schema();
        boolean changed = !withoutTime(current).equals(withoutTime(shown(schema, wanted)));
        Future<List<TokenDigest>> before =
                changed ? AffectedFacts.onUpdate(connection, schema, current) : Future.succeededFuture(List.of());
        return before.compose(untrue -> connection
                .preparedQuery(table.update)
                .execute(table.tuple(wanted))
                .recover(failure -> SqlFailures.onWrite(schema, wanted, failure))
                .compose(rows -> changed ? version(connection, schema) : Future.succeededFuture(0L))
                .map(version -> {
                    List<TokenDigest> all = new ArrayList<>(untrue);
                    all.addAll(AffectedFacts.afterWrite(schema, wanted));
                    return new Written(current, shown(schema, wanted), version, all);
                }));
    }

    private Future<Written> delete(SqlConnection connection, Table table, Document current) {
        EntitySchema schema = table.schema();
        return AffectedFacts.onDelete(connection, schema, current)
                .compose(untrue -> connection
                        .preparedQuery(table.delete)
                        .execute(Tuple.of(current.id()))
                        .recover(failure -> SqlFailures.onDelete(schema, failure))
                        .compose(rows -> version(connection, schema))
                        .map(version -> new Written(current, null, version, untrue)));
    }

    private static Future<Long> version(SqlConnection connection, EntitySchema schema) {
        return schema.isInCatalog() ? CatalogStore.nextVersion(connection) : Future.succeededFuture(0L);
    }

    /** Replaces references by key with references by id. */
    private Future<Document> resolveReferences(SqlConnection connection, EntitySchema schema, Document document) {
        Future<Document> resolved = Future.succeededFuture(document);
        for (Field reference : schema.references()) {
            resolved = resolved.compose(current -> resolve(connection, reference, current));
        }
        return resolved;
    }

    private Future<Document> resolve(SqlConnection connection, Field reference, Document document) {
        if (!(document.get(reference.name()) instanceof Map<?, ?> map)) {
            return Future.succeededFuture(document);
        }
        Optional<EntitySchema> target = EntitySchemas.find(reference.reference());
        if (map.get("id") instanceof String id) {
            return target.isPresent()
                    ? Future.succeededFuture(document)
                    : Future.failedFuture(
                            new StoreException.ForeignKeyViolation(reference.name(), reference.reference(), id));
        }
        Map.Entry<?, ?> entry = map.entrySet().iterator().next();
        String key = (String) entry.getKey();
        String value = (String) entry.getValue();
        StoreException unresolved =
                new StoreException.UnresolvedReference(reference.name(), reference.reference(), key, value);
        if (target.isEmpty() || !key.equals(target.get().key())) {
            return Future.failedFuture(unresolved);
        }
        return find(connection, table(target.get()), Selector.of(value), false)
                .compose(found -> found == null
                        ? Future.failedFuture(unresolved)
                        : Future.succeededFuture(with(document, reference.name(), Map.of("id", found.string("id")))));
    }

    private static List<Document> documents(Table table, RowSet<Row> rows) {
        List<Document> documents = new ArrayList<>(rows.size());
        rows.forEach(row -> documents.add(table.document(row)));
        return documents;
    }

    private static Document shown(EntitySchema schema, Document document) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(document.values());
        schema.fields().stream().filter(Field::isHidden).forEach(field -> values.remove(field.name()));
        return new Document(values);
    }

    private static Map<String, @Nullable Object> withoutTime(Document document) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(document.values());
        values.remove("updated_at");
        return values;
    }

    private static Document with(Document document, String field, Object value) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(document.values());
        values.put(field, value);
        return new Document(values);
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
