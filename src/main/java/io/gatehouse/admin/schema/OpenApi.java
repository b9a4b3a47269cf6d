package io.gatehouse.admin.schema;

import io.gatehouse.admin.entity.BatchEndpoints;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Describes the Admin API as an OpenAPI 3.1 document, derived from the endpoints and the schemas. */
public final class OpenApi {
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
    private final String version;

    public OpenApi(String version) {
        this.version = version;
    }

    public Map<String, Object> document(Collection<Endpoint> endpoints) {
        Map<String, Map<String, Object>> paths = new TreeMap<>();
        endpoints.forEach(endpoint ->
                paths.computeIfAbsent(endpoint.template(), OpenApi::path).putAll(operations(endpoint)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put("info", Map.of("title", "Gatehouse Admin API", "version", version));
        document.put("paths", paths);
        document.put("components", Map.of("schemas", schemas(), "securitySchemes", Map.of("token", bearer())));
        document.put("security", List.of(Map.of(), Map.of("token", List.of())));
        return document;
    }

    private static Map<String, Object> bearer() {
        return Map.of("type", "http", "scheme", "bearer", "description", "admin.token, if it is set");
    }

    /** Returns the variables of a path, which all its operations share. */
    private static Map<String, Object> path(String template) {
        List<Object> parameters = VARIABLE.matcher(template)
                .results()
                .map(variable -> pathParameter(template, variable))
                .toList();
        Map<String, Object> path = new LinkedHashMap<>();
        if (!parameters.isEmpty()) {
            path.put("parameters", parameters);
        }
        return path;
    }

    private static Object pathParameter(String template, MatchResult variable) {
        Map<String, Object> schema = FieldSchemas.of(
                switch (variable.group(1)) {
                    case "entity" -> Field.element().oneOf(names(EntitySchemas.all(), EntitySchema::name));
                    case "name" -> Field.element().oneOf(names(PluginSchemas.installed(), PluginSchema::name));
                    default ->
                        isId(template, variable.group(1)) ? CommonFields.id().named("") : Field.element();
                });
        return Map.of("name", variable.group(1), "in", "path", "required", true, "schema", schema);
    }

    /** Whether a variable of a path has to be the id of an entity. */
    private static boolean isId(String template, String variable) {
        boolean isBelowParent = !template.startsWith("/" + variable + "/{");
        return EntitySchemas.all().stream()
                .anyMatch(entity -> entity.name().equals(variable) && entity.isFoundByIdAlone(isBelowParent));
    }

    static <T> Object[] names(Collection<T> all, Function<T, String> name) {
        return all.stream().map(name).toArray();
    }

    private static Map<String, Object> operations(Endpoint endpoint) {
        Map<String, Object> operations = new LinkedHashMap<>();
        endpoint.actions().keySet().forEach(method -> {
            Map<String, Object> described = new LinkedHashMap<>();
            String name = method.name().toLowerCase(Locale.ROOT);
            described.put("operationId", name + endpoint.template().replaceAll("[^A-Za-z0-9]+", "_"));
            Operation operation = endpoint.operation(method);
            List<Object> parameters = new ArrayList<>();
            if (method.equals(HttpMethod.PUT)) {
                keyInPath(endpoint).ifPresent(parameters::add);
            }
            operation.query().forEach(field -> parameters.add(queryParameter(field)));
            if (!parameters.isEmpty()) {
                described.put("parameters", parameters);
            }
            EntitySchema body = operation.body();
            if (body != null && operation.isBatch()) {
                described.put("requestBody", RequestBodies.ofBatch(endpoint, method, body));
            } else if (body != null) {
                described.put("requestBody", RequestBodies.of(endpoint, method, body));
            } else if (method.equals(HttpMethod.POST)) {
                described.put("requestBody", content(Map.of("type", "object")));
            }
            described.put("responses", responses(endpoint, method, operation));
            operations.put(name, described);
        });
        return operations;
    }

    /** Returns the last variable of a path that creates an entity: the path sets its id or its key. */
    private static Optional<Object> keyInPath(Endpoint endpoint) {
        EntitySchema entity = endpoint.entity();
        if (entity == null
                || !endpoint.template().endsWith("/{" + entity.name() + "}")
                || isId(endpoint.template(), entity.name())) {
            return Optional.empty();
        }
        return key(entity).map(key -> {
            List<Object> choices = Stream.of(CommonFields.id(), key)
                    .<Object>map(field -> FieldSchemas.of(field.named("")))
                    .toList();
            Map<String, Object> schema = Map.of("type", "string", "anyOf", choices);
            return Map.of("name", entity.name(), "in", "path", "required", true, "schema", schema);
        });
    }

    /** Returns the field that can replace the id in a path: the entity's key, or that of the entities it lists. */
    private static Optional<Field> key(EntitySchema entity) {
        String key = entity.key();
        return key != null
                ? entity.field(key)
                : entity.fields().stream()
                        .filter(field -> field.keysOf().isPresent())
                        .findFirst()
                        .flatMap(Field::elements);
    }

    private static Object queryParameter(Field field) {
        // Without a name it is not nullable, like an element.
        return Map.of("name", field.name(), "in", "query", "schema", FieldSchemas.of(field.named("")));
    }

    static Map<String, Object> content(Object schema) {
        return Map.of("content", Map.of("application/json", Map.of("schema", schema)));
    }

    static Map<String, Object> reference(String schema) {
        return Map.of("$ref", "#/components/schemas/" + schema);
    }

    private static Map<String, Object> responses(Endpoint endpoint, HttpMethod method, Operation operation) {
        Map<String, Object> responses = new TreeMap<>();
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("description", "Done");
        EntitySchema entity = endpoint.unusual().containsKey(method) ? null : endpoint.entity();
        if (entity != null && operation.status() != 204) {
            boolean isList = endpoint.isCollection() && method.equals(HttpMethod.GET);
            response.putAll(content(isList ? list(entity) : reference(entity.name())));
        } else if (operation.body() != null && operation.isBatch()) {
            response.putAll(content(batch(reference(operation.body().name()))));
        } else if (operation.listed() != null) {
            response.putAll(content(list(operation.listed())));
        } else if (operation.status() != 204) {
            response.putAll(content(Map.of("type", "object")));
        }
        Errors.of(endpoint, method).forEach((status, error) -> responses.put(Integer.toString(status), error));
        responses.put(Integer.toString(operation.status()), response);
        return responses;
    }

    /** Returns the schema of a batch of entities with this schema. */
    static Map<String, Object> batch(Map<String, Object> item) {
        Map<String, Object> data = Map.of("type", "array", "items", item, "maxItems", BatchEndpoints.MAX_ENTITIES);
        return Map.of("type", "object", "required", List.of("data"), "properties", Map.of("data", data));
    }

    private static Map<String, Object> list(EntitySchema entity) {
        return Map.of(
                "type",
                "object",
                "properties",
                Map.of(
                        "data", Map.of("type", "array", "items", reference(entity.name())),
                        "next", Map.of("type", List.of("string", "null")),
                        "offset", Map.of("type", "string")));
    }

    private static Map<String, Object> schemas() {
        Map<String, Object> schemas = new TreeMap<>();
        for (EntitySchema entity : EntitySchemas.all()) {
            schemas.put(entity.name(), FieldSchemas.object(entity.fields()));
            schemas.put(RequestBodies.patchOf(entity), RequestBodies.patch(entity, Map.of()));
        }
        PluginSchemas.installed()
                .forEach(plugin -> schemas.put(PluginBodies.configOf(plugin), PluginBodies.config(plugin)));
        schemas.put(EntitySchemas.PLUGINS.name(), PluginBodies.complete(Map.of()));
        schemas.put(EntitySchemas.AUDIT_REQUESTS.name(), FieldSchemas.object(EntitySchemas.AUDIT_REQUESTS.fields()));
        schemas.put("error", Errors.SCHEMA);
        return schemas;
    }
}
