package io.gatehouse.admin.entity;

import io.gatehouse.admin.audit.Auditor;
import io.gatehouse.admin.entity.EntityWriter.Parent;
import io.gatehouse.admin.entity.EntityWriter.Result;
import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.ListParameters;
import io.gatehouse.admin.http.PageResponse;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.EntityStore;
import io.gatehouse.store.entity.ListQuery;
import io.gatehouse.store.entity.ListQuery.Order;
import io.gatehouse.store.entity.ListQuery.Position;
import io.gatehouse.store.entity.Page;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Implements the methods of an entity's endpoints (docs/reference/admin-api.md#endpoints). */
public final class EntityActions {
    private final EntityStore store;
    private final EntityWriter writer;
    private final WritePublisher publisher;
    private final Auditor auditor;

    public EntityActions(EntityStore store, EntityWriter writer, WritePublisher publisher, Auditor auditor) {
        this.store = store;
        this.writer = writer;
        this.publisher = publisher;
        this.auditor = auditor;
    }

    private EntityWriter writer(AdminRequest request) {
        return writer.by(auditor.of(request));
    }

    Future<AdminResponse> list(AdminRequest request, EntitySchema schema, @Nullable Parent parent) {
        return list(request, schema, parent, Order.BY_ID, Document::values);
    }

    /** Lists a page of entities, each converted by {@code shown}. */
    Future<AdminResponse> list(
            AdminRequest request,
            EntitySchema schema,
            @Nullable Parent parent,
            Order order,
            Function<Document, Map<String, @Nullable Object>> shown) {
        ListParameters parameters = ListParameters.of(request, schema);
        Map<String, Object> equal = new LinkedHashMap<>();
        if (parent != null) {
            equal.put(parent.reference(), parent.id());
        }
        schema.fields().stream()
                .filter(Field::isFilterable)
                .forEach(field -> request.parameter(field.name())
                        .ifPresent(value -> equal.put(field.name(), filter(field, value))));
        Position after = parameters
                .offset()
                .map(offset -> Position.parse(offset)
                        .orElseThrow(() -> ListParameters.invalidOffset(
                                request.parameter("offset").orElse(""))))
                .orElse(null);
        ListQuery query = new ListQuery(parameters.size(), order, after, parameters.tags(), parameters.anyTag(), equal);
        return store.list(schema, query).map(page -> pageOf(request, page, order, shown));
    }

    private static String filter(Field field, String value) {
        if (value.isEmpty() || value.indexOf('\0') >= 0) {
            throw AdminError.BAD_REQUEST.exception(field.name() + " must be an unempty string");
        }
        return value;
    }

    private static AdminResponse pageOf(
            AdminRequest request, Page page, Order order, Function<Document, Map<String, @Nullable Object>> shown) {
        List<Document> documents = page.documents();
        Optional<String> next = page.hasMore()
                ? Optional.of(order.of(documents.get(documents.size() - 1)).text())
                : Optional.empty();
        return PageResponse.of(request, documents.stream().map(shown).toList(), next);
    }

    Future<AdminResponse> create(AdminRequest request, EntitySchema schema, @Nullable Parent parent) {
        return writer(request)
                .create(schema, parent, request.body())
                .compose(result -> publisher.publish(request, result.written(), AdminResponse.created(result.shown())));
    }

    Future<AdminResponse> get(EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        return existing(schema, idOrKey, parent).map(AdminResponse::ok);
    }

    Future<AdminResponse> put(AdminRequest request, EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        MissingEntity.requireName(schema, idOrKey, parent != null);
        requireKey(schema, idOrKey);
        return writer(request)
                .put(schema, idOrKey, parent, new ReplacingBody(request.body()))
                .compose(result -> changed(request, result));
    }

    /** Rejects a key that no entity can have, before the body is checked. */
    private static void requireKey(EntitySchema schema, String idOrKey) {
        Object violation = EntityWriter.uuid(idOrKey).isPresent() ? null : schema.keyViolation(idOrKey);
        if (violation != null) {
            throw AdminError.INVALID_UNIQUE.malformedKey(String.valueOf(schema.key()), String.valueOf(violation));
        }
    }

    Future<AdminResponse> patch(AdminRequest request, EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        MissingEntity.requireName(schema, idOrKey, parent != null);
        return writer(request)
                .patch(schema, idOrKey, parent, request.body())
                .compose(result -> changed(request, result));
    }

    private Future<AdminResponse> changed(AdminRequest request, Result result) {
        return publisher.publish(request, result.written(), AdminResponse.ok(result.shown()));
    }

    Future<AdminResponse> delete(AdminRequest request, EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        return store.by(auditor.of(request))
                .delete(schema, select(schema, idOrKey, parent))
                .compose(deleted -> {
                    if (deleted.isPresent()) {
                        return publisher.publish(request, deleted.get(), AdminResponse.NO_CONTENT);
                    }
                    if (MissingEntity.isNamedByChild(schema, idOrKey)) {
                        return Future.failedFuture(MissingEntity.of(schema, idOrKey));
                    }
                    // A missing entity counts as deleted. Below a parent it is 404, as in Kong.
                    return alreadyDeleted(request)
                            .compose(response -> parent == null
                                    ? Future.succeededFuture(response)
                                    : Future.failedFuture(AdminError.NOT_FOUND.exception()));
                });
    }

    /**
     * Publishes the writes of the last seconds again. A node may have deleted the entity and crashed before it published the
     * change.
     */
    private Future<AdminResponse> alreadyDeleted(AdminRequest request) {
        return store.recentWrites().compose(written -> publisher.republish(request, written, AdminResponse.NO_CONTENT));
    }

    /** Replaces the entity that another references; creates it and the reference if there is none. */
    Future<AdminResponse> putReferenced(
            AdminRequest request, EntitySchema schema, Field reference, EntitySchema target) {
        return existing(schema, request.variable(0), null).compose(entity -> {
            UUID current = entity.reference(reference.name());
            return current != null
                    ? writer(request)
                            .put(target, current.toString(), null, request.body())
                            .compose(result -> changed(request, result))
                    : writer(request)
                            .createReferenced(schema, entity.id(), reference, target, request.body())
                            .compose(written -> changed(request, written.created())
                                    .compose(response -> publisher.publish(request, written.changed(), response)));
        });
    }

    /** Returns the id of the entity that another references. */
    Future<String> referenced(AdminRequest request, EntitySchema schema, Field reference) {
        return existing(schema, request.variable(0), null).map(entity -> {
            UUID id = entity.reference(reference.name());
            if (id == null) {
                throw AdminError.NOT_FOUND.exception();
            }
            return id.toString();
        });
    }

    /** Returns the parent of a nested path; fails with 404 if it does not exist. */
    Future<Parent> parent(EntitySchema schema, Field reference, String idOrKey) {
        return existing(schema, idOrKey, null).map(parent -> new Parent(reference.name(), parent.id()));
    }

    /** Returns an entity; fails with 404 if it does not exist or has another parent. */
    Future<Document> existing(EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        return store.find(schema, select(schema, idOrKey, parent))
                .compose(found -> found.<Future<Document>>map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(MissingEntity.of(schema, idOrKey))));
    }

    Future<Boolean> exists(EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        return store.find(schema, select(schema, idOrKey, parent)).map(Optional::isPresent);
    }

    private static EntityRef select(EntitySchema schema, String idOrKey, @Nullable Parent parent) {
        MissingEntity.requireName(schema, idOrKey, parent != null);
        EntityRef ref = EntityRef.of(idOrKey);
        return parent == null ? ref : ref.below(parent.reference(), parent.id());
    }
}
