package io.gatehouse.admin.entity;

import io.gatehouse.admin.audit.Auditor;
import io.gatehouse.admin.entity.EntityWriter.Result;
import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Body;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.SchemaViolation;
import io.gatehouse.store.entity.BatchFailure;
import io.gatehouse.store.entity.EntityStore;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Creates or replaces many entities of one kind in one transaction: {@code PUT /batches/{entity}}
 * (docs/reference/admin-api.md#batches). Kong has no such endpoint.
 */
public final class BatchEndpoints {
    /** Bounds the time of a transaction. The size of the body bounds the memory. */
    public static final int MAX_ENTITIES = 1_000;

    private final EntityStore store;
    private final WorkerExecutor worker;
    private final SecretHasher hasher;
    private final WritePublisher publisher;
    private final Auditor auditor;

    public BatchEndpoints(EntityStore store, WorkerExecutor worker, WritePublisher publisher, Auditor auditor) {
        this.store = store;
        this.worker = worker;
        this.hasher = new SecretHasher(worker);
        this.publisher = publisher;
        this.auditor = auditor;
    }

    public List<Endpoint> all() {
        return EntitySchemas.all().stream()
                .map(schema -> new Endpoint(
                        "/batches/" + schema.path(),
                        HttpMethod.PUT,
                        Operation.batch(schema),
                        request -> put(request, schema)))
                .toList();
    }

    private Future<AdminResponse> put(AdminRequest request, EntitySchema schema) {
        Batch batch = new Batch(store.by(auditor.of(request)), schema, request.body());
        return batch.ids.isEmpty()
                ? Future.succeededFuture(AdminResponse.ok(Map.of("data", List.of())))
                : batch.write()
                        .compose(results -> publisher.publishAll(
                                request,
                                results.stream().map(Result::written).toList(),
                                AdminResponse.ok(Map.of(
                                        "data",
                                        results.stream()
                                                .map(result -> result.shown().values())
                                                .toList()))));
    }

    /** Holds the entities of one request. */
    private final class Batch {
        private final EntityStore audited;
        private final EntitySchema schema;
        private final List<Map<?, ?>> given = new ArrayList<>();
        private final List<UUID> ids = new ArrayList<>();
        /** The store may call the edit twice. It stores the last result. */
        private final AtomicReference<List<PendingEntity>> last = new AtomicReference<>(List.of());

        Batch(EntityStore audited, EntitySchema schema, Body body) {
            this.audited = audited;
            this.schema = schema;
            if (!(body instanceof Body.JsonObject json) || !(json.object().get("data") instanceof List<?> data)) {
                throw AdminError.BAD_REQUEST.exception("data must be a list of entities");
            }
            if (data.size() > MAX_ENTITIES) {
                throw AdminError.BAD_REQUEST.exception("data must not have more than " + MAX_ENTITIES + " entities");
            }
            Set<UUID> distinct = new HashSet<>();
            for (Object entity : data) {
                if (!(entity instanceof Map<?, ?> map)) {
                    throw AdminError.BAD_REQUEST.exception("data must be a list of entities");
                }
                UUID id = id(map.get("id"), given.size());
                if (!distinct.add(id)) {
                    throw rejection(given.size(), "already in the batch");
                }
                given.add(map);
                ids.add(id);
            }
        }

        private UUID id(@Nullable Object id, int index) {
            if (id == null) {
                return UUID.randomUUID();
            }
            return Optional.of(id)
                    .filter(String.class::isInstance)
                    .flatMap(text -> EntityWriter.uuid((String) text))
                    .orElseThrow(() -> rejection(index, "expected a valid UUID"));
        }

        private BatchFailure rejection(int index, String reason) {
            return new BatchFailure(index, new SchemaViolation(Map.of("id", reason)));
        }

        Future<List<Result>> write() {
            return audited.writeAll(schema, ids, this::edit)
                    .map(written -> IntStream.range(0, written.size())
                            .mapToObj(i -> pending(i).result(written.get(i)))
                            .toList());
        }

        private PendingEntity pending(int index) {
            return Objects.requireNonNull(last.get()).get(index);
        }

        private Future<List<Document>> edit(List<Optional<Document>> current) {
            return worker.executeBlocking(() -> checked(current), false)
                    .compose(pending -> hashed(pending, current))
                    .onSuccess(last::set)
                    .map(pending ->
                            pending.stream().map(PendingEntity::document).toList());
        }

        private List<PendingEntity> checked(List<Optional<Document>> current) {
            List<PendingEntity> checked = new ArrayList<>(ids.size());
            for (int i = 0; i < ids.size(); i++) {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                given.get(i).forEach((name, value) -> values.put(String.valueOf(name), value));
                try {
                    checked.add(EntityWriter.replacement(
                            schema,
                            ids.get(i).toString(),
                            values,
                            current.get(i).orElse(null)));
                } catch (RuntimeException rejection) {
                    throw new BatchFailure(i, rejection);
                }
            }
            return checked;
        }

        /** One after the other, because the worker has few threads. */
        private Future<List<PendingEntity>> hashed(List<PendingEntity> pending, List<Optional<Document>> current) {
            Future<List<PendingEntity>> hashed = Future.succeededFuture(new ArrayList<>(pending));
            for (int i = 0; i < pending.size(); i++) {
                int index = i;
                if (hasher.isNeeded(schema, pending.get(i))) {
                    hashed = hashed.compose(all -> hasher.hash(
                                    schema, all.get(index), current.get(index).orElse(null))
                            .map(entity -> {
                                all.set(index, entity);
                                return all;
                            }));
                }
            }
            return hashed;
        }
    }
}
