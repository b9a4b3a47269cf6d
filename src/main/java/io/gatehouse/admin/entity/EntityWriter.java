package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.Body;
import io.gatehouse.schema.AutoFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityId;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.store.AuditedRequest;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.EntityStore;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Builds entities from request bodies and writes them: defaults, merging and generated values
 * (docs/reference/admin-api.md#endpoints).
 */
public final class EntityWriter {
    /** Attempts to hash a secret before the transaction, while other requests change the same entity. */
    private static final int ATTEMPTS = 3;

    private final EntityStore store;
    private final WorkerExecutor worker;
    private final SecretHasher hasher;

    public EntityWriter(EntityStore store, WorkerExecutor worker) {
        this.store = store;
        this.worker = worker;
        this.hasher = new SecretHasher(worker);
    }

    /** Returns a writer that records each of its writes in the audit trail; null: it records none. */
    EntityWriter by(@Nullable AuditedRequest request) {
        return new EntityWriter(store.by(request), worker);
    }

    /**
     * Identifies the entity whose children a nested path addresses.
     *
     * @param reference the field through which a child references it
     */
    record Parent(String reference, UUID id) {
        Map<String, Object> value() {
            return Map.of("id", id.toString());
        }
    }

    /** Holds the result of a write and the entity that its response shows. */
    record Result(WriteResult written, Document shown) {}

    Future<Result> create(EntitySchema schema, @Nullable Parent parent, Body body) {
        return onWorkerIfLarge(body, () -> pending(schema, values(schema, parent, body, null), null))
                .compose(pending -> hasher.hash(schema, pending, null))
                .compose(pending -> store.insert(schema, pending.document()).map(pending::result));
    }

    /** Creates or replaces an entity. As in Kong, the parent of a nested path replaces the entity's own. */
    Future<Result> put(EntitySchema schema, String idOrKey, @Nullable Parent parent, Body body) {
        EntityRef selector = selector(schema, idOrKey, parent);
        return put(schema, selector, parent, body)
                .recover(failure -> isOfAnother(selector, failure)
                        ? put(schema, EntityRef.of(idOrKey), parent, body)
                        : Future.failedFuture(failure));
    }

    private Future<Result> put(EntitySchema schema, EntityRef selector, @Nullable Parent parent, Body body) {
        String idOrKey = selector.idOrKey();
        return write(schema, selector, body, current -> {
            Map<String, @Nullable Object> given = values(schema, parent, body, current);
            Optional<UUID> id = uuid(idOrKey);
            boolean isById = id.isPresent() && (current == null || current.id().equals(id.get()));
            if (isById) {
                return replacement(schema, idOrKey, given, current);
            }
            if (schema.key() != null) {
                given.put(schema.key(), idOrKey);
            } else {
                schema.fields().stream()
                        .filter(field -> field.keysOf().isPresent())
                        .forEach(keys -> given.put(keys.name(), ReplacingBody.with(given.get(keys.name()), idOrKey)));
            }
            return pending(schema, given, current);
        });
    }

    /** Builds the entity that has an id, from all its values. */
    static PendingEntity replacement(
            EntitySchema schema, String id, Map<String, @Nullable Object> given, @Nullable Document current) {
        putId(schema, given, id);
        return pending(schema, given, current);
    }

    /** Returns whether a path has the id of an entity of another parent, which a selector below this one does not find. */
    private static boolean isOfAnother(EntityRef selector, Throwable failure) {
        return failure instanceof StoreException.PrimaryKeyViolation
                && selector.parentField() != null
                && uuid(selector.idOrKey()).isPresent();
    }

    /** The id of the path replaces that of the body. One that no entity can have is left to the check. */
    private static void putId(EntitySchema schema, Map<String, @Nullable Object> given, String id) {
        Object own = given.get("id");
        if (own == null || schema.field("id").orElseThrow().accepts(own)) {
            given.put("id", id);
        }
    }

    /** Changes the fields that the body contains. */
    Future<Result> patch(EntitySchema schema, String idOrKey, @Nullable Parent parent, Body body) {
        EntityRef ref = EntityRef.of(idOrKey);
        EntityRef selector = parent == null ? ref : ref.below(parent.reference(), parent.id());
        return write(schema, selector, body, current -> {
            if (current == null) {
                throw parent == null && !MissingEntity.isNamedByChild(schema, idOrKey)
                        ? MissingEntity.toChange(schema, idOrKey)
                        : MissingEntity.of(schema, idOrKey);
            }
            Map<String, @Nullable Object> patch = body.values(schema, current);
            AutoFields.requireValues(schema, patch);
            return patched(schema, current, patch);
        });
    }

    private static PendingEntity patched(EntitySchema schema, Document current, Map<String, @Nullable Object> patch) {
        List<Field> fields = schema.fieldsFor(AutoFields.merge(List.of(), current.values(), patch));
        return pending(
                schema,
                AutoFields.merge(fields, current.values(), patch),
                schema::checkChange,
                patch::containsKey,
                current);
    }

    /** Holds the results of creating an entity and of changing the one that references it. */
    record Associated(Result created, WriteResult changed) {}

    /** Creates an entity and the reference of another one to it. If either would be invalid, stores neither. */
    Future<Associated> createReferenced(EntitySchema schema, UUID id, Field reference, EntitySchema target, Body body) {
        String targetId = UUID.randomUUID().toString();
        return onWorkerIfLarge(body, () -> {
                    Map<String, @Nullable Object> given = body.values(target, null);
                    putId(target, given, targetId);
                    return pending(target, given, null);
                })
                .compose(pending -> hasher.hash(target, pending, null))
                .compose(pending -> store.insertReferenced(
                                target,
                                pending.document(),
                                schema,
                                EntityRef.of(id.toString()),
                                current -> referencing(schema, current, reference, targetId))
                        .map(written -> new Associated(pending.result(written.get(0)), written.get(1))));
    }

    private static Future<Document> referencing(
            EntitySchema schema, @Nullable Document current, Field reference, String target) {
        return current == null
                ? Future.failedFuture(AdminError.NOT_FOUND.exception())
                : Future.succeededFuture(patched(schema, current, Map.of(reference.name(), Map.of("id", target)))
                        .document());
    }

    /** Selects by the parent too if the key is unique only among the children of one parent. */
    private static EntityRef selector(EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        EntityRef selector = EntityRef.of(idOrKey);
        boolean isAmbiguous = schema.key() != null
                && !schema.field(schema.key()).orElseThrow().isUnique();
        return isAmbiguous && parent != null ? selector.below(parent.reference(), parent.id()) : selector;
    }

    private Future<Result> write(
            EntitySchema schema, EntityRef selector, Body body, Function<@Nullable Document, PendingEntity> edit) {
        return schema.hashedField().isPresent()
                ? writeHashed(schema, selector, body, edit, ATTEMPTS)
                : writeLocked(schema, selector, body, edit);
    }

    private Future<Result> writeLocked(
            EntitySchema schema, EntityRef selector, Body body, Function<@Nullable Document, PendingEntity> edit) {
        // The store may call the edit twice. It stores the last result.
        AtomicReference<@Nullable PendingEntity> last = new AtomicReference<>();
        return store.write(
                        schema,
                        selector,
                        current -> onWorkerIfLarge(body, () -> edit.apply(current))
                                .compose(pending -> hasher.hash(schema, pending, current))
                                .onSuccess(last::set)
                                .map(PendingEntity::document))
                .map(written -> Objects.requireNonNull(last.get()).result(written));
    }

    /**
     * Hashes the secret of an entity, then stores the entity if it has not changed meanwhile. After the last attempt, it hashes
     * under the row lock.
     *
     * <p><i>Why</i>: a hash takes milliseconds, and a transaction holds a row lock and one of the pool's connections.
     */
    private Future<Result> writeHashed(
            EntitySchema schema,
            EntityRef selector,
            Body body,
            Function<@Nullable Document, PendingEntity> edit,
            int attempts) {
        return store.find(schema, selector)
                .map(found -> found.orElse(null))
                .compose(current -> onWorkerIfLarge(body, () -> edit.apply(current))
                        .compose(pending -> hasher.hash(schema, pending, current))
                        .compose(pending -> store.write(schema, selector, locked -> unchanged(locked, current, pending))
                                .map(pending::result)))
                .recover(failure -> {
                    if (!(failure instanceof Overtaken)) {
                        return Future.failedFuture(failure);
                    }
                    return attempts > 1
                            ? writeHashed(schema, selector, body, edit, attempts - 1)
                            : writeLocked(schema, selector, body, edit);
                });
    }

    private static Future<Document> unchanged(
            @Nullable Document locked, @Nullable Document current, PendingEntity pending) {
        return Objects.equals(locked, current)
                ? Future.succeededFuture(pending.document())
                : Future.failedFuture(new Overtaken());
    }

    /** Runs work that parses and checks a body; on a worker thread if the body is large. */
    private <T> Future<T> onWorkerIfLarge(Body body, Callable<T> work) {
        if (body.isLarge()) {
            return worker.executeBlocking(work, false);
        }
        try {
            return Future.succeededFuture(work.call());
        } catch (Exception rejection) {
            return Future.failedFuture(rejection);
        }
    }

    private static Map<String, @Nullable Object> values(
            EntitySchema schema, @Nullable Parent parent, Body body, @Nullable Document current) {
        Map<String, @Nullable Object> given = body.values(schema, current);
        if (parent != null) {
            given.put(parent.reference(), parent.value());
        }
        return given;
    }

    /** Builds a new entity, or a replacement. */
    private static PendingEntity pending(
            EntitySchema schema, Map<String, @Nullable Object> given, @Nullable Document current) {
        return pending(schema, given, schema::check, name -> true, current);
    }

    private static PendingEntity pending(
            EntitySchema schema,
            Map<String, @Nullable Object> given,
            Function<Map<String, @Nullable Object>, Document> check,
            Predicate<String> isWritten,
            @Nullable Document current) {
        Lifetimes.requireValid(schema, given);
        Map<String, @Nullable Object> complete =
                current == null ? given : AutoFields.keep(schema.fieldsFor(given), given, current.values());
        Document settled = AutoFields.settle(schema, check.apply(complete), complete, isWritten, current);
        return PendingEntity.of(schema, settled, complete);
    }

    /** Checks an entity without storing it. */
    public Future<Document> check(EntitySchema schema, Body body) {
        return onWorkerIfLarge(body, () -> schema.check(body.values(schema, null)));
    }

    static Optional<UUID> uuid(String text) {
        return Optional.ofNullable(EntityId.parse(text));
    }
}
