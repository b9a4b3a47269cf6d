package io.gatehouse.admin.schema;

import io.gatehouse.admin.entity.EntityWriter;
import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;

/** Serves the schemas and validates entities against them (docs/reference/deck.md#schemas). */
public final class SchemaEndpoints {
    private static final AdminResponse VALID = AdminResponse.ok(Map.of("message", "schema validation successful"));

    private final EntityWriter writer;

    public SchemaEndpoints(EntityWriter writer) {
        this.writer = writer;
    }

    public List<Endpoint> all() {
        return List.of(
                new Endpoint(
                        "/schemas/{entity}",
                        Map.of(
                                HttpMethod.GET,
                                request -> Future.succeededFuture(AdminResponse.ok(
                                        described(request.variable(0)).describe())))),
                new Endpoint(
                        "/schemas/{entity}/validate",
                        HttpMethod.POST,
                        Operation.of(200),
                        request -> validate(request, entity(request.variable(0)))),
                new Endpoint(
                        "/schemas/plugins/{name}",
                        Map.of(HttpMethod.GET, request -> Future.succeededFuture(plugin(request.variable(0))))),
                new Endpoint(
                        "/schemas/vaults/{name}",
                        Map.of(HttpMethod.GET, request -> Future.succeededFuture(vault(request.variable(0))))),
                new Endpoint(
                        "/schemas/vaults/validate",
                        HttpMethod.POST,
                        Operation.body(EntitySchemas.VAULTS),
                        request -> validate(request, EntitySchemas.VAULTS)),
                new Endpoint(
                        "/schemas/plugins/validate",
                        HttpMethod.POST,
                        Operation.body(EntitySchemas.PLUGINS),
                        request -> validate(request, EntitySchemas.PLUGINS)));
    }

    private static EntitySchema described(String name) {
        return DescribedEntities.find(name).orElseGet(() -> entity(name));
    }

    private static EntitySchema entity(String name) {
        return EntitySchemas.find(name)
                .orElseThrow(() -> AdminError.NOT_FOUND.exception("No entity named '" + name + "'"));
    }

    private static AdminResponse plugin(String name) {
        return PluginSchemas.find(name)
                .map(schema -> AdminResponse.ok(schema.describe()))
                .orElseThrow(() -> AdminError.NOT_FOUND.exception("No plugin named '" + name + "'"));
    }

    private static AdminResponse vault(String name) {
        return EntitySchemas.VAULTS.field("name").orElseThrow().accepts(name)
                ? AdminResponse.ok(EntitySchema.describe(
                        List.of(EntitySchemas.VAULTS.field("config").orElseThrow()), List.of()))
                : AdminError.NOT_FOUND
                        .exception("No vault named '" + name + "'")
                        .response();
    }

    private Future<AdminResponse> validate(AdminRequest request, EntitySchema schema) {
        return writer.check(schema, request.body()).map(VALID);
    }
}
