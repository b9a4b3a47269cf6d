package io.gatehouse.store.entity;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.Database;
import io.gatehouse.store.GrantRevocation;
import io.gatehouse.store.InvalidationLog;
import io.gatehouse.store.SqlFailures;
import io.gatehouse.store.StoreException;
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
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes every type of entity by its schema.
 *
 * <p>Each write is one transaction. It also raises the version of the catalog if the data path uses the entity, and logs the
 * credentials whose cached state it invalidates.
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

    /** Reads a page of entities in the order of their ids. */
    public Future<Page> list(EntitySchema schema, ListQuery query) {
        Table table = table(schema);
        Table.Query list = table.list(query);
        return database.query(list.sql(), list.tuple()).map(rows -> {
            List<Document> documents = documents(table, rows);
            boolean more = documents.size() > query.size();
            return new Page(more ? documents.subList(0, query.size()) : documents, more);
        });
    }

    /** Reads the entity that a reference names, if it exists. */
    public Future<Optional<Document>> find(EntitySchema schema, EntityRef reference) {
        return database.withConnection(connection -> find(connection, table(schema), reference))
                .map(Optional::ofNullable);
    }

    /** Stores a new entity. */
    public Future<WriteResult> insert(EntitySchema schema, Document document) {
        return database.withTransaction(connection -> store(connection, schema, null, document));
    }

    /**
     * Stores a new entity, and changes another one so that it references the new one, in one transaction. It locks the other one
     * first, because a transaction takes the lock of the catalog's version last.
     *
     * @param edit as in {@link #write}; it runs first
     * @return the effects in this order
     */
    public Future<List<WriteResult>> insertReferenced(
            EntitySchema schema,
            Document document,
            EntitySchema other,
            EntityRef reference,
            Function<@Nullable Document, Future<Document>> edit) {
        return database.withTransaction(connection -> lock(connection, table(other), reference)
                .compose(current -> edit.apply(current)
                        .compose(wanted -> store(connection, schema, null, document)
                                .compose(inserted -> store(connection, other, current, wanted)
                                        .map(changed -> List.of(inserted, changed))))));
    }

    /**
     * Creates or changes the entity that a reference names, under a row lock.
     *
     * @param edit receives the current entity, or null, and returns the complete new one. If it fails, the write fails with the
     *     same failure and changes nothing
     */
    public Future<WriteResult> write(
            EntitySchema schema, EntityRef reference, Function<@Nullable Document, Future<Document>> edit) {
        return tryWrite(schema, reference, edit)
                // Another write has created it between the read and the insert, so this write is a change.
                .recover(failure -> isOvertaken(schema, reference, failure)
                        ? tryWrite(schema, reference, edit)
                        : Future.failedFuture(failure));
    }

    private static boolean isOvertaken(EntitySchema schema, EntityRef reference, Throwable failure) {
        return failure instanceof StoreException.PrimaryKeyViolation
                || (failure instanceof StoreException.UniqueViolation unique
                        && schema.key() != null
                        && reference.idOrKey().equals(unique.fields().get(schema.key())));
    }

    /** Reads each value of a text field once, in order. */
    public Future<List<String>> distinct(EntitySchema schema, String field) {
        return database.query(table(schema).selectDistinct(field), Tuple.tuple())
                .map(rows -> {
                    List<String> values = new ArrayList<>(rows.size());
                    rows.forEach(row -> values.add(row.getString(0)));
                    return values;
                });
    }

    private Future<WriteResult> tryWrite(
            EntitySchema schema, EntityRef reference, Function<@Nullable Document, Future<Document>> edit) {
        return database.withTransaction(connection -> lock(connection, table(schema), reference)
                .compose(current -> edit.apply(current).compose(wanted -> store(connection, schema, current, wanted))));
    }

    private Future<WriteResult> store(
            SqlConnection connection, EntitySchema schema, @Nullable Document current, Document wanted) {
        Table table = table(schema);
        return complete(connection, schema, current, wanted)
                .compose(complete -> current == null
                        ? insert(connection, table, complete)
                        : update(connection, table, current, complete));
    }

    /**
     * Deletes the entity and its cascade; empty if it did not exist. A token is deleted as its grant is revoked: if a refresh has
     * replaced it, the successor is deleted.
     */
    public Future<Optional<WriteResult>> delete(EntitySchema schema, EntityRef reference) {
        Table table = table(schema);
        return database.withTransaction(connection -> living(connection, schema, reference)
                .compose(living -> lock(connection, table, living))
                .compose(current -> current == null
                        ? Future.succeededFuture(Optional.empty())
                        : delete(connection, table, current).map(Optional::of)));
    }

    /**
     * Reads the effects of the writes of the last seconds, to publish them again. A node that has committed a write may have
     * crashed before it published it, and a client that repeats the write finds it done.
     */
    public Future<WriteResult> recentWrites() {
        return RecentWrites.read(database);
    }

    private Table table(EntitySchema schema) {
        return Objects.requireNonNull(tables.get(schema.name()));
    }

    private static Future<@Nullable Document> find(SqlConnection connection, Table table, EntityRef reference) {
        return find(connection, table, reference, query -> query);
    }

    private static Future<@Nullable Document> lock(SqlConnection connection, Table table, EntityRef reference) {
        return find(connection, table, reference, Table.Query::forUpdate);
    }

    private static Future<EntityRef> living(SqlConnection connection, EntitySchema schema, EntityRef reference) {
        if (!schema.equals(EntitySchemas.OAUTH2_TOKENS)) {
            return Future.succeededFuture(reference);
        }
        String name = reference.idOrKey();
        return GrantRevocation.lockNamed(connection, Table.uuid(name), CredentialDigest.of(name))
                .map(found -> found.map(reference::to).orElse(reference));
    }

    /** A key may have the form of an id. An id is looked up first, so that a key never hides an entity. */
    private static Future<@Nullable Document> find(
            SqlConnection connection, Table table, EntityRef reference, UnaryOperator<Table.Query> lock) {
        return first(connection, table, table.findById(reference), lock).compose(found -> {
            if (found != null) {
                return Future.succeededFuture(found);
            }
            return first(connection, table, table.findByKey(reference), lock)
                    .map(byKey -> byKey == null ? null : table.withKey(byKey, reference));
        });
    }

    private static Future<@Nullable Document> first(
            SqlConnection connection, Table table, Table.@Nullable Query query, UnaryOperator<Table.Query> lock) {
        if (query == null) {
            return Future.succeededFuture();
        }
        Table.Query locked = lock.apply(query);
        return connection.preparedQuery(locked.sql()).execute(locked.tuple()).map(rows -> {
            List<Document> found = documents(table, rows);
            return found.isEmpty() ? null : found.get(0);
        });
    }

    private Future<WriteResult> insert(SqlConnection connection, Table table, Document document) {
        EntitySchema schema = table.schema();
        return deleteUnreadable(connection, table, document)
                .compose(done -> connection.preparedQuery(table.insert).execute(table.tuple(document)))
                .recover(failure -> SqlFailures.onWrite(schema, document, failure))
                .compose(rows -> writeChildKeys(connection, table, document))
                .compose(done -> CatalogChanges.addWritten(connection, schema, null, document))
                .compose(version -> InvalidationLog.add(connection, InvalidatedDigests.afterWrite(schema, document))
                        .map(invalidated -> new WriteResult(null, table.shown(document), version, invalidated)));
    }

    private static Future<Void> deleteUnreadable(SqlConnection connection, Table table, Document document) {
        Table.Query unreadable = table.deleteUnreadable(document);
        return unreadable == null
                ? Future.succeededFuture()
                : connection
                        .preparedQuery(unreadable.sql())
                        .execute(unreadable.tuple())
                        .mapEmpty();
    }

    private Future<WriteResult> update(SqlConnection connection, Table table, Document current, Document wanted) {
        EntitySchema schema = table.schema();
        boolean changed = !withoutTime(current).equals(withoutTime(table.shown(wanted)));
        Future<List<CredentialDigest>> before =
                changed ? InvalidatedDigests.onUpdate(connection, schema, current) : Future.succeededFuture(List.of());
        return before.compose(invalidated -> deleteUnreadable(connection, table, wanted)
                .compose(done -> update(connection, table.update(wanted)))
                .recover(failure -> SqlFailures.onWrite(schema, wanted, failure))
                .compose(rows -> writeChildKeys(connection, table, wanted))
                .compose(done -> changed
                        ? CatalogChanges.addWritten(connection, schema, current, wanted)
                        : Future.succeededFuture(0L))
                .compose(version -> {
                    List<CredentialDigest> all = new ArrayList<>(invalidated);
                    all.addAll(InvalidatedDigests.afterWrite(schema, wanted));
                    return InvalidationLog.add(connection, all)
                            .map(added -> new WriteResult(current, table.shown(wanted), version, added));
                }));
    }

    private static Future<RowSet<Row>> update(SqlConnection connection, Table.Query update) {
        return connection.preparedQuery(update.sql()).execute(update.tuple());
    }

    /** Creates the entities whose keys a document lists, and deletes those that it lists no more. */
    private Future<Void> writeChildKeys(SqlConnection connection, Table table, Document document) {
        Future<Void> written = Future.succeededFuture();
        for (Map.Entry<String, ChildKeys> field : table.childKeys().entrySet()) {
            written = written.compose(done -> field.getValue()
                    .write(
                            connection,
                            document.id(),
                            document.strings(field.getKey()),
                            (schema, child) -> insert(connection, table(schema), child),
                            (schema, id) -> lock(connection, table(schema), EntityRef.of(id.toString()))
                                    .compose(child -> delete(connection, table(schema), Objects.requireNonNull(child)))
                                    .mapEmpty()));
        }
        return written;
    }

    private Future<WriteResult> delete(SqlConnection connection, Table table, Document current) {
        EntitySchema schema = table.schema();
        return ListedReferences.rejectIfListed(connection, schema, current)
                .compose(done -> InvalidatedDigests.onDelete(connection, schema, current))
                .compose(invalidated -> CatalogChanges.cascade(connection, schema, current.id())
                        .compose(cascade -> connection
                                .preparedQuery(table.delete)
                                .execute(Tuple.of(current.id()))
                                .recover(failure -> SqlFailures.onDelete(schema, failure))
                                .compose(rows -> CatalogChanges.addDeleted(connection, schema, current, cascade)))
                        .compose(version -> InvalidationLog.add(connection, invalidated)
                                .map(added -> new WriteResult(current, null, version, added))));
    }

    /** Replaces references by a unique field by ids, checks the listed ids, and hashes the values that an id salts. */
    private Future<Document> complete(
            SqlConnection connection, EntitySchema schema, @Nullable Document current, Document document) {
        References.Finder finder = (target, unique, value) ->
                first(connection, table(target), table(target).findBy(unique, value), query -> query);
        return References.resolve(finder, schema, document)
                .compose(resolved -> ListedReferences.requireAll(connection, schema, resolved)
                        .map(done -> SaltedFields.hash(schema, resolved, current)));
    }

    private static List<Document> documents(Table table, RowSet<Row> rows) {
        List<Document> documents = new ArrayList<>(rows.size());
        rows.forEach(row -> documents.add(table.document(row)));
        return documents;
    }

    private static Document withoutTime(Document document) {
        return document.without(List.of("updated_at"));
    }
}
