package io.gatehouse.admin.schema;

import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Describes the Admin API as an OpenAPI 3.1 document, derived from the endpoints and the schemas. */
public final class OpenApi {
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
    private static final Map<String, Object> ERROR = Map.of(
            "description",
            "Error",
            "content",
            Map.of("application/json", Map.of("schema", Map.of("$ref", "#/components/schemas/error"))));

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
        List<Object> parameters =
                VARIABLE.matcher(template).results().map(OpenApi::pathParameter).toList();
        Map<String, Object> path = new LinkedHashMap<>();
        if (!parameters.isEmpty()) {
            path.put("parameters", parameters);
        }
        return path;
    }

    private static Object pathParameter(MatchResult variable) {
        return Map.of("name", variable.group(1), "in", "path", "required", true, "schema", Map.of("type", "string"));
    }

    private static Map<String, Object> operations(Endpoint endpoint) {
        Map<String, Object> operations = new LinkedHashMap<>();
        endpoint.actions().keySet().forEach(method -> {
            Map<String, Object> operation = new LinkedHashMap<>();
            String name = method.name().toLowerCase(Locale.ROOT);
            operation.put("operationId", name + endpoint.template().replaceAll("[^A-Za-z0-9]+", "_"));
            EntitySchema entity = endpoint.entity();
            boolean isList = endpoint.isCollection() && method.equals(HttpMethod.GET);
            if (isList) {
                operation.put(
                        "parameters",
                        List.of(query("size", "integer"), query("offset", "string"), query("tags", "string")));
            }
            if (entity != null && List.of("POST", "PUT", "PATCH").contains(method.name())) {
                operation.put("requestBody", body(entity, !method.equals(HttpMethod.PATCH)));
            }
            operation.put("responses", responses(method, entity, isList));
            operations.put(name, operation);
        });
        return operations;
    }

    private static Map<String, Object> query(String name, String type) {
        return Map.of("name", name, "in", "query", "schema", Map.of("type", type));
    }

    private static Map<String, Object> body(EntitySchema entity, boolean isWhole) {
        Map<String, Object> reference = reference(entity.name());
        List<String> required = isWhole ? FieldSchemas.required(entity.fields()) : List.of();
        Object schema = required.isEmpty() ? reference : Map.of("allOf", List.of(reference), "required", required);
        return Map.of("content", Map.of("application/json", Map.of("schema", schema)));
    }

    private static Map<String, Object> reference(String schema) {
        return Map.of("$ref", "#/components/schemas/" + schema);
    }

    private static Map<String, Object> responses(HttpMethod method, @Nullable EntitySchema entity, boolean isList) {
        Map<String, Object> responses = new LinkedHashMap<>();
        String status = method.equals(HttpMethod.POST) ? "201" : method.equals(HttpMethod.DELETE) ? "204" : "200";
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("description", "Done");
        if (entity != null && !status.equals("204")) {
            Object shown = isList ? list(entity) : reference(entity.name());
            response.put("content", Map.of("application/json", Map.of("schema", shown)));
        }
        responses.put(entity == null ? "2XX" : status, response);
        responses.put("default", ERROR);
        return responses;
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
        }
        List<Object> configs = new ArrayList<>();
        for (PluginSchema plugin : PluginSchemas.installed()) {
            String name = "config_of_" + plugin.name();
            schemas.put(name, FieldSchemas.object(plugin.configFields()));
            configs.add(reference(name));
        }
        schemas.put(
                EntitySchemas.PLUGINS.name(),
                FieldSchemas.object(EntitySchemas.PLUGINS.fields(), Map.of("config", Map.of("anyOf", configs))));
        schemas.put(
                "error",
                Map.of(
                        "type",
                        "object",
                        "required",
                        List.of("message"),
                        "properties",
                        Map.of(
                                "code", Map.of("type", "integer"),
                                "name", Map.of("type", "string"),
                                "message", Map.of("type", "string"),
                                "fields", Map.of("type", "object"))));
        return schemas;
    }
}
