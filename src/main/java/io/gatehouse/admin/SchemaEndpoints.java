package io.gatehouse.admin;

import io.gatehouse.entity.EntitySchema;
import io.gatehouse.entity.EntitySchemas;
import io.gatehouse.entity.PluginSchemas;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;

/** What clients may write, told before they do (contract/deck.md §3). */
final class SchemaEndpoints {
    private static final Answer VALID = Answer.ok(Map.of("message", "schema validation successful"));

    private final EntityWriter writer;

    SchemaEndpoints(EntityWriter writer) {
        this.writer = writer;
    }

    List<Endpoint> all() {
        return List.of(
                new Endpoint(
                        "/schemas/{entity}",
                        Map.of(
                                HttpMethod.GET,
                                request -> Future.succeededFuture(
                                        Answer.ok(entity(request.variable(0)).describe())))),
                new Endpoint(
                        "/schemas/{entity}/validate",
                        Map.of(HttpMethod.POST, request -> validate(request, entity(request.variable(0))))),
                new Endpoint(
                        "/schemas/plugins/{name}",
                        Map.of(HttpMethod.GET, request -> Future.succeededFuture(plugin(request.variable(0))))),
                new Endpoint(
                        "/schemas/plugins/validate",
                        Map.of(HttpMethod.POST, request -> validate(request, EntitySchemas.PLUGINS))));
    }

    private static EntitySchema entity(String name) {
        return EntitySchemas.find(name)
                .orElseThrow(() -> AdminError.NOT_FOUND.exception("No entity named '" + name + "'"));
    }

    private static Answer plugin(String name) {
        return PluginSchemas.find(name)
                .map(schema -> Answer.ok(schema.describe()))
                .orElseThrow(() -> AdminError.NOT_FOUND.exception("No plugin named '" + name + "'"));
    }

    private Future<Answer> validate(AdminRequest request, EntitySchema schema) {
        return writer.check(schema, request.body()).map(VALID);
    }
}
