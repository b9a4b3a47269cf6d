package io.gatehouse.store.entity;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityChange;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.AuditTrail;
import io.gatehouse.store.AuditedRequest;
import io.gatehouse.store.ExchangedTokens;
import io.gatehouse.store.SqlFailures;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Locks, stores and deletes entities in one transaction.
 *
 * <p><i>Invariant</i>: {@link #commit} is the last step of each transaction that writes.
 */
final class EntityTransaction {
    private final SqlConnection connection;
    private final Map<String, Table> tables;
    private final @Nullable AuditedRequest request;
    private final WriteEffects effects = new WriteEffects();
    /** For the audit trail. */
    private final List<EntityChange> changes = new ArrayList<>();

    /** {@code request} is recorded in the audit trail; null: it is not. */
    EntityTransaction(SqlConnection connection, Map<String, Table> tables, @Nullable AuditedRequest request) {
        this.connection = connection;
        this.tables = tables;
        this.request = request;
    }

    /** An entity before and after a write; null: it did not exist, or was deleted. */
    record Write(@Nullable Document before, @Nullable Document after) {}

    /** Records all writes, then logs their effects. */
    Future<List<WriteResult>> commit(List<Write> writes) {
        return AuditTrail.add(connection, request, changes).compose(done -> effects.log(connection, writes));
    }

    private void audit(Supplier<EntityChange> change) {
        if (request != null) {
            EntityChange recorded = change.get();
            if (!recorded.isEmpty()) {
                changes.add(recorded);
            }
        }
    }

    Future<WriteResult> commit(Write write) {
        return commit(List.of(write)).map(results -> results.get(0));
    }

    private Table table(EntitySchema schema) {
        return Objects.requireNonNull(tables.get(schema.name()));
    }

    /** Reads the entity that a reference names; null if it does not exist. */
    Future<@Nullable Document> find(EntitySchema schema, EntityRef reference) {
        return find(table(schema), reference, query -> query);
    }

    /** Reads it as {@link #find}, and locks its row. */
    Future<@Nullable Document> lock(EntitySchema schema, EntityRef reference) {
        return find(table(schema), reference, Table.Query::forUpdate);
    }

    /** Locks the rows of the entities that exist, in the order of their ids. Returns each in the place of its id. */
    Future<List<Optional<Document>>> lockAll(EntitySchema schema, List<UUID> ids) {
        Table table = table(schema);
        Table.Query query = table.findAll(ids).forUpdate();
        return connection.preparedQuery(query.sql()).execute(query.tuple()).map(rows -> {
            Map<UUID, Document> found = new HashMap<>();
            documents(table, rows).forEach(document -> found.put(document.id(), document));
            return ids.stream().map(id -> Optional.ofNullable(found.get(id))).toList();
        });
    }

    /** A key may have the form of an id. An id is looked up first, so that a key never hides an entity. */
    private Future<@Nullable Document> find(Table table, EntityRef reference, UnaryOperator<Table.Query> lock) {
        return first(table, table.findById(reference), lock).compose(found -> {
            if (found != null) {
                return Future.succeededFuture(found);
            }
            return first(table, table.findByKey(reference), lock)
                    .map(byKey -> byKey == null ? null : table.withKey(byKey, reference));
        });
    }

    private Future<@Nullable Document> first(
            Table table, Table.@Nullable Query query, UnaryOperator<Table.Query> lock) {
        if (query == null) {
            return Future.succeededFuture();
        }
        Table.Query locked = lock.apply(query);
        return connection.preparedQuery(locked.sql()).execute(locked.tuple()).map(rows -> {
            List<Document> found = documents(table, rows);
            return found.isEmpty() ? null : found.get(0);
        });
    }

    static List<Document> documents(Table table, RowSet<Row> rows) {
        List<Document> documents = new ArrayList<>(rows.size());
        rows.forEach(row -> documents.add(table.document(row)));
        return documents;
    }

    /** Creates an entity, or replaces the current one. Fails with a {@link StoreException} if PostgreSQL rejects it. */
    Future<Write> store(EntitySchema schema, @Nullable Document current, Document wanted) {
        Table table = table(schema);
        return complete(schema, current, wanted)
                .compose(complete -> current == null ? insert(table, complete) : update(table, current, complete));
    }

    private Future<Write> insert(Table table, Document document) {
        EntitySchema schema = table.schema();
        return deleteUnreadable(table, document)
                .compose(done -> connection.preparedQuery(table.insert).execute(table.tuple(document)))
                .recover(failure -> SqlFailures.onWrite(schema, document, failure))
                .compose(rows -> writeChildKeys(table, document))
                .compose(done -> CatalogChanges.addWritten(connection, schema, null, document, effects))
                .map(done -> {
                    effects.invalidated(InvalidatedDigests.afterWrite(schema, document));
                    audit(() -> EntityChange.created(schema, document));
                    return new Write(null, table.shown(document));
                });
    }

    private Future<Void> deleteUnreadable(Table table, Document document) {
        Table.Query unreadable = table.deleteUnreadable(document);
        return unreadable == null
                ? Future.succeededFuture()
                : connection
                        .preparedQuery(unreadable.sql())
                        .execute(unreadable.tuple())
                        .mapEmpty();
    }

    private Future<Write> update(Table table, Document current, Document wanted) {
        EntitySchema schema = table.schema();
        boolean changed = !withoutTime(current).equals(withoutTime(table.shown(wanted)));
        Future<List<CredentialDigest>> before = changed
                ? InvalidatedDigests.onUpdate(connection, schema, current, wanted)
                : Future.succeededFuture(List.of());
        Table.Query update = table.update(wanted);
        return before.compose(invalidated -> deleteUnreadable(table, wanted)
                .compose(done -> connection.preparedQuery(update.sql()).execute(update.tuple()))
                .recover(failure -> SqlFailures.onWrite(schema, wanted, failure))
                .compose(rows -> isTransferred(schema, current, wanted)
                        ? ExchangedTokens.removeEnded(connection, current.id())
                        : Future.succeededFuture())
                .compose(done -> writeChildKeys(table, wanted))
                .compose(done -> changed
                        ? CatalogChanges.addWritten(connection, schema, current, wanted, effects)
                        : Future.succeededFuture())
                .map(done -> {
                    effects.invalidated(invalidated);
                    effects.invalidated(InvalidatedDigests.afterWrite(schema, wanted));
                    audit(() -> EntityChange.updated(schema, current, wanted));
                    return new Write(current, table.shown(wanted));
                }));
    }

    /** Whether a write gives a token to another client. */
    private static boolean isTransferred(EntitySchema schema, Document current, Document wanted) {
        return schema.equals(EntitySchemas.OAUTH2_TOKENS)
                && !Objects.equals(current.get("credential"), wanted.get("credential"));
    }

    /** Creates the entities whose keys a document lists, and deletes those that it lists no more. */
    private Future<Void> writeChildKeys(Table table, Document document) {
        Future<Void> written = Future.succeededFuture();
        for (Map.Entry<String, ChildKeys> field : table.childKeys().entrySet()) {
            written = written.compose(done -> field.getValue()
                    .write(
                            connection,
                            document.id(),
                            document.strings(field.getKey()),
                            (schema, child) -> insert(table(schema), child).mapEmpty(),
                            (schema, id) -> lock(schema, EntityRef.of(id.toString()))
                                    .compose(child -> delete(schema, Objects.requireNonNull(child)))
                                    .mapEmpty()));
        }
        return written;
    }

    /** Deletes an entity and its cascade. */
    Future<Write> delete(EntitySchema schema, Document current) {
        return ListedReferences.rejectIfListed(connection, schema, current)
                .compose(done -> InvalidatedDigests.onDelete(connection, schema, current))
                .compose(invalidated -> CatalogChanges.cascade(connection, schema, current.id())
                        .compose(cascade -> connection
                                .preparedQuery(table(schema).delete)
                                .execute(Tuple.of(current.id()))
                                .recover(failure -> SqlFailures.onDelete(schema, failure))
                                .compose(rows ->
                                        CatalogChanges.addDeleted(connection, schema, current, cascade, effects)))
                        .map(done -> {
                            effects.invalidated(invalidated);
                            audit(() -> EntityChange.deleted(schema, current));
                            return new Write(current, null);
                        }));
    }

    /** Replaces references by a unique field by ids, checks the listed ids, and hashes the values that an id salts. */
    private Future<Document> complete(EntitySchema schema, @Nullable Document current, Document document) {
        References.Finder finder =
                (target, unique, value) -> first(table(target), table(target).findBy(unique, value), query -> query);
        return References.resolve(finder, schema, document)
                .compose(resolved -> ListedReferences.requireAll(connection, schema, resolved)
                        .map(done -> SaltedFields.hash(schema, resolved, current)));
    }

    private static Document withoutTime(Document document) {
        return document.without(List.of("updated_at"));
    }
}
