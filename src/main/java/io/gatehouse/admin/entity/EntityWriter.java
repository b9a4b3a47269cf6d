package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.Body;
import io.gatehouse.schema.AutoFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.store.EntityRef;
import io.gatehouse.store.EntityStore;
import io.gatehouse.store.WriteResult;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns what clients send into entities: defaults, merging, what the server keeps (docs/reference/admin-api.md#endpoints). */
public final class EntityWriter {
    private final EntityStore store;
    private final WorkerExecutor worker;
    private final ClientSecrets secrets;

    public EntityWriter(EntityStore store, WorkerExecutor worker) {
        this.store = store;
        this.worker = worker;
        this.secrets = new ClientSecrets(worker);
    }

    /**
     * The entity below which a path stands.
     *
     * @param reference the field through which the lower one names it
     */
    record Parent(String reference, UUID id) {
        Map<String, Object> value() {
            return Map.of("id", id.toString());
        }

        boolean has(Document child) {
            return id.equals(child.reference(reference));
        }
    }

    /** What a write did, and what its answer shows. */
    record Result(WriteResult written, Document shown) {}

    Future<Result> create(EntitySchema schema, @Nullable Parent parent, Body body) {
        return drafted(body, () -> draft(schema, values(schema, parent, body, null), null))
                .compose(draft -> store.insert(schema, draft.document())
                        .map(written -> new Result(written, draft.shown(Objects.requireNonNull(written.after())))));
    }

    /** Creates or replaces. */
    Future<Result> put(EntitySchema schema, String idOrKey, @Nullable Parent parent, Body body) {
        return write(schema, selector(schema, idOrKey, parent), body, current -> {
            refuseStranger(parent, current);
            Map<String, @Nullable Object> given = values(schema, parent, body, current);
            Optional<UUID> id = uuid(idOrKey);
            boolean isById = id.isPresent() && (current == null || current.id().equals(id.get()));
            if (isById) {
                given.put("id", idOrKey);
            } else if (schema.key() != null) {
                given.put(schema.key(), idOrKey);
            }
            return draft(schema, given, current);
        });
    }

    /** Changes what the body names. */
    Future<Result> patch(EntitySchema schema, String idOrKey, @Nullable Parent parent, Body body) {
        return write(schema, selector(schema, idOrKey, parent), body, current -> {
            refuseStranger(parent, current);
            if (current == null) {
                throw AdminError.NOT_FOUND.exception();
            }
            Map<String, @Nullable Object> patch = body.values(schema, current);
            List<Field> fields = schema.fieldsFor(AutoFields.merge(List.of(), current.values(), patch));
            return draft(schema, AutoFields.merge(fields, current.values(), patch), current);
        });
    }

    /** A key that is unique among one parent's children alone is looked for there. */
    private static EntityRef selector(EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        EntityRef selector = EntityRef.of(idOrKey);
        boolean isAmbiguous = schema.key() != null
                && !schema.field(schema.key()).orElseThrow().isUnique();
        return isAmbiguous && parent != null && uuid(idOrKey).isEmpty()
                ? selector.below(parent.reference(), parent.id())
                : selector;
    }

    private Future<Result> write(
            EntitySchema schema,
            EntityRef selector,
            Body body,
            Function<@Nullable Document, Future<PendingEntity>> edit) {
        // The store may ask twice; what it asked for last is what it stored.
        AtomicReference<@Nullable PendingEntity> last = new AtomicReference<>();
        return store.write(
                        schema,
                        selector,
                        current -> drafted(body, () -> edit.apply(current))
                                .onSuccess(last::set)
                                .map(PendingEntity::document))
                .map(written -> new Result(
                        written, Objects.requireNonNull(last.get()).shown(Objects.requireNonNull(written.after()))));
    }

    /** What reads and checks a large body does so away from the event loop. */
    private <T> Future<T> drafted(Body body, Callable<Future<T>> work) {
        if (body.isLarge()) {
            return worker.executeBlocking(work, false).compose(done -> done);
        }
        try {
            return work.call();
        } catch (Exception refusal) {
            return Future.failedFuture(refusal);
        }
    }

    private static void refuseStranger(@Nullable Parent parent, @Nullable Document current) {
        if (parent != null && current != null && !parent.has(current)) {
            throw AdminError.NOT_FOUND.exception();
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

    private Future<PendingEntity> draft(
            EntitySchema schema, Map<String, @Nullable Object> given, @Nullable Document current) {
        Map<String, @Nullable Object> complete =
                current == null ? given : AutoFields.keep(schema.fieldsFor(given), given, current.values());
        boolean isGenerated = complete.get("client_secret") == null;
        Document settled = AutoFields.settle(schema, schema.check(complete), complete, current);
        return secrets.seal(schema, settled, current, isGenerated);
    }

    /** Checks an entity that nobody stores. */
    public Future<Document> check(EntitySchema schema, Body body) {
        return drafted(body, () -> Future.succeededFuture(schema.check(body.values(schema, null))));
    }

    static Optional<UUID> uuid(String text) {
        try {
            return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The same entity naming another through a reference. */
    Future<WriteResult> associate(EntitySchema schema, UUID id, String reference, UUID target) {
        return store.write(schema, EntityRef.of(id.toString()), current -> {
            if (current == null) {
                return Future.failedFuture(AdminError.NOT_FOUND.exception());
            }
            Map<String, @Nullable Object> values = new LinkedHashMap<>(current.values());
            values.put(reference, Map.of("id", target.toString()));
            return Future.succeededFuture(new Document(values));
        });
    }
}
