package io.gatehouse.admin.entity;

import io.gatehouse.admin.entity.EntityWriter.Parent;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Builds the endpoints of every entity from its schema (docs/reference/admin-api.md#endpoints). */
public final class EntityEndpoints {
    private final EntityActions actions;

    public EntityEndpoints(EntityActions actions) {
        this.actions = actions;
    }

    public List<Endpoint> all() {
        List<Endpoint> endpoints = new ArrayList<>();
        for (EntitySchema schema : EntitySchemas.all()) {
            if (schema.equals(EntitySchemas.TARGETS)) {
                // Reached below its Upstream alone: UpstreamEndpoints.
                continue;
            }
            endpoints.add(collection(schema));
            endpoints.add(entity(schema));
            for (Field reference : schema.references()) {
                EntitySchemas.find(reference.reference()).ifPresent(target -> {
                    endpoints.add(nestedCollection(schema, reference, target));
                    endpoints.add(nestedEntity(schema, reference, target));
                    endpoints.add(referenced(schema, reference, target));
                });
            }
        }
        return endpoints;
    }

    private static String entityPath(EntitySchema schema) {
        return "/" + schema.path() + "/{" + schema.name() + "}";
    }

    private Endpoint collection(EntitySchema schema) {
        return new Endpoint(
                "/" + schema.path(),
                Map.of(
                        HttpMethod.GET, request -> actions.list(request, schema, null),
                        HttpMethod.POST, request -> actions.create(request, schema, null)),
                schema);
    }

    private Endpoint entity(EntitySchema schema) {
        return new Endpoint(
                entityPath(schema),
                Map.of(
                        HttpMethod.GET, request -> actions.get(schema, request.variable(0), null),
                        HttpMethod.PUT, request -> actions.put(request, schema, request.variable(0), null),
                        HttpMethod.PATCH, request -> actions.patch(request, schema, request.variable(0), null),
                        HttpMethod.DELETE, request -> actions.delete(request, schema, request.variable(0), null)),
                schema);
    }

    private Endpoint nestedCollection(EntitySchema schema, Field reference, EntitySchema target) {
        return new Endpoint(
                entityPath(target) + "/" + schema.nestedPath(),
                Map.of(
                        HttpMethod.GET,
                        below(reference, target, (request, parent) -> actions.list(request, schema, parent)),
                        HttpMethod.POST,
                        below(reference, target, (request, parent) -> actions.create(request, schema, parent))),
                schema);
    }

    private Endpoint nestedEntity(EntitySchema schema, Field reference, EntitySchema target) {
        return new Endpoint(
                entityPath(target) + "/" + schema.nestedPath() + "/{" + schema.name() + "}",
                Map.of(
                        HttpMethod.GET,
                        below(reference, target, (request, parent) -> actions.get(schema, request.variable(1), parent)),
                        HttpMethod.PUT,
                        below(
                                reference,
                                target,
                                (request, parent) -> actions.put(request, schema, request.variable(1), parent)),
                        HttpMethod.PATCH,
                        below(
                                reference,
                                target,
                                (request, parent) -> actions.patch(request, schema, request.variable(1), parent)),
                        HttpMethod.DELETE,
                        below(
                                reference,
                                target,
                                (request, parent) -> actions.delete(request, schema, request.variable(1), parent))),
                schema);
    }

    private Function<AdminRequest, Future<AdminResponse>> below(
            Field reference, EntitySchema target, BiFunction<AdminRequest, Parent, Future<AdminResponse>> action) {
        return request ->
                actions.parent(target, reference, request.variable(0)).compose(parent -> action.apply(request, parent));
    }

    /** Builds the endpoint of a referenced entity, such as {@code /routes/{routes}/service}. */
    private Endpoint referenced(EntitySchema schema, Field reference, EntitySchema target) {
        return new Endpoint(
                entityPath(schema) + "/" + reference.name(),
                Map.of(
                        HttpMethod.GET,
                        request -> actions.referenced(request, schema, reference)
                                .compose(id -> actions.get(target, id, null)),
                        HttpMethod.PUT,
                        request -> actions.putReferenced(request, schema, reference, target),
                        HttpMethod.PATCH,
                        request -> actions.referenced(request, schema, reference)
                                .compose(id -> actions.patch(request, target, id, null))),
                target);
    }
}
