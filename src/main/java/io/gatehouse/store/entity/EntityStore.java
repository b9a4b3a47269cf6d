package io.gatehouse.store.entity;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityId;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.AuditedRequest;
import io.gatehouse.store.Database;
import io.gatehouse.store.GrantRevocation;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
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
import java.util.stream.IntStream;
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
    private final Map<String, Table> tables;
    private final @Nullable AuditedRequest request;

    public EntityStore(Database database) {
        this(database, tables(), null);
    }

    private EntityStore(Database database, Map<String, Table> tables, @Nullable AuditedRequest request) {
        this.database = database;
        this.tables = tables;
        this.request = request;
    }

    /** Returns a store that records each of its writes in the audit trail; null: it records none. */
    public EntityStore by(@Nullable AuditedRequest audited) {
        return new EntityStore(database, tables, audited);
    }

    /** The tables of all entities, by their names. */
    static Map<String, Table> tables() {
        return EntitySchemas.all().stream().collect(Collectors.toUnmodifiableMap(EntitySchema::name, Table::new));
    }

    /** Reads a page of entities in the order of their ids. */
    public Future<Page> list(EntitySchema schema, ListQuery query) {
        Table table = table(schema);
        Table.Query list = table.list(query);
        return database.query(list.sql(), list.tuple()).map(rows -> {
            List<Document> documents = EntityTransaction.documents(table, rows);
            boolean more = documents.size() > query.size();
            return new Page(more ? documents.subList(0, query.size()) : documents, more);
        });
    }

    /** Reads the entity that a reference names, if it exists. */
    public Future<Optional<Document>> find(EntitySchema schema, EntityRef reference) {
        return database.withConnection(connection -> transaction(connection).find(schema, reference))
                .map(Optional::ofNullable);
    }

    /** Stores a new entity. */
    public Future<WriteResult> insert(EntitySchema schema, Document document) {
        return inTransaction(
                transaction -> transaction.store(schema, null, document).compose(transaction::commit));
    }

    private EntityTransaction transaction(SqlConnection connection) {
        return new EntityTransaction(connection, tables, request);
    }

    private <T> Future<T> inTransaction(Function<EntityTransaction, Future<T>> work) {
        return database.withTransaction(connection -> work.apply(transaction(connection)));
    }

    /**
     * Stores a new entity, and changes another one so that it references the new one, in one transaction.
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
        return inTransaction(transaction -> transaction
                .lock(other, reference)
                .compose(current -> edit.apply(current)
                        .compose(wanted -> transaction
                                .store(schema, null, document)
                                .compose(inserted -> transaction
                                        .store(other, current, wanted)
                                        .compose(changed -> transaction.commit(List.of(inserted, changed)))))));
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

    private Future<WriteResult> tryWrite(
            EntitySchema schema, EntityRef reference, Function<@Nullable Document, Future<Document>> edit) {
        return inTransaction(transaction -> transaction
                .lock(schema, reference)
                .compose(current -> edit.apply(current).compose(wanted -> transaction.store(schema, current, wanted)))
                .compose(transaction::commit));
    }

    /**
     * Creates or changes the entities of these ids in one transaction. It sends the statements of all entities at once, so that
     * they take the round trips of one.
     *
     * @param ids each one once
     * @param edit receives the current entities, each in the place of its id, and returns the complete new ones in their places
     * @return the result of each write in its place, all with the effects of the transaction. Fails with a {@link BatchFailure}
     *     if an entity is rejected, and then changes nothing
     */
    public Future<List<WriteResult>> writeAll(
            EntitySchema schema, List<UUID> ids, Function<List<Optional<Document>>, Future<List<Document>>> edit) {
        return tryWriteAll(schema, ids, edit)
                // As in write().
                .recover(failure -> failure instanceof BatchFailure batch
                                && batch.rejection() instanceof StoreException.PrimaryKeyViolation
                        ? tryWriteAll(schema, ids, edit)
                        : Future.failedFuture(failure));
    }

    private Future<List<WriteResult>> tryWriteAll(
            EntitySchema schema, List<UUID> ids, Function<List<Optional<Document>>, Future<List<Document>>> edit) {
        return inTransaction(transaction -> transaction
                .lockAll(schema, ids)
                .compose(current -> edit.apply(current)
                        .compose(wanted -> BatchFailure.joined(IntStream.range(0, ids.size())
                                .mapToObj(i ->
                                        transaction.store(schema, current.get(i).orElse(null), wanted.get(i)))
                                .toList())))
                .compose(transaction::commit));
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

    /**
     * Deletes the entity and its cascade; empty if it did not exist. A token is deleted as its grant is revoked: if a refresh has
     * replaced it, the successor is deleted.
     */
    public Future<Optional<WriteResult>> delete(EntitySchema schema, EntityRef reference) {
        return database.withTransaction(connection -> {
            EntityTransaction transaction = transaction(connection);
            return living(connection, schema, reference)
                    .compose(living -> transaction.lock(schema, living))
                    .compose(current -> current == null
                            ? Future.succeededFuture(Optional.empty())
                            : transaction
                                    .delete(schema, current)
                                    .compose(transaction::commit)
                                    .map(Optional::of));
        });
    }

    private static Future<EntityRef> living(SqlConnection connection, EntitySchema schema, EntityRef reference) {
        if (!schema.equals(EntitySchemas.OAUTH2_TOKENS)) {
            return Future.succeededFuture(reference);
        }
        String name = reference.idOrKey();
        return GrantRevocation.lockNamed(connection, EntityId.parse(name), CredentialDigest.of(name))
                .map(found -> found.map(reference::to).orElse(reference));
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
}
