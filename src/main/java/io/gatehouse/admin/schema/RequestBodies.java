package io.gatehouse.admin.schema;

import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.vertx.core.http.HttpMethod;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Describes the request bodies that create or change an entity. */
final class RequestBodies {
    private final Endpoint endpoint;
    private final HttpMethod method;
    private final EntitySchema entity;

    private RequestBodies(Endpoint endpoint, HttpMethod method, EntitySchema entity) {
        this.endpoint = endpoint;
        this.method = method;
        this.entity = entity;
    }

    /** Returns the OpenAPI request body of an operation. */
    static Map<String, Object> of(Endpoint endpoint, HttpMethod method, EntitySchema entity) {
        return new RequestBodies(endpoint, method, entity).body();
    }

    /** Returns the OpenAPI request body of an operation for many entities. */
    static Map<String, Object> ofBatch(Endpoint endpoint, HttpMethod method, EntitySchema entity) {
        Map<String, Object> item = new RequestBodies(endpoint, method, entity).schema();
        return required(OpenApi.content(OpenApi.batch(item)));
    }

    private Map<String, Object> body() {
        Map<String, Object> body = OpenApi.content(schema());
        return required().isEmpty() ? body : required(body);
    }

    private static Map<String, Object> required(Map<String, Object> body) {
        Map<String, Object> required = new LinkedHashMap<>(body);
        required.put("required", true);
        return required;
    }

    private Map<String, Object> schema() {
        List<String> required = required();
        Map<String, Object> plain = requiring(described(ignored()), required);
        Optional<Field> shorthand = entity.fields().stream()
                .filter(field -> !field.standsFor().isEmpty())
                .findFirst();
        return shorthand
                .map(field -> Map.<String, Object>of("anyOf", List.of(plain, expanded(field, required))))
                .orElse(plain);
    }

    /** Returns the schema of a body with a shorthand, which sets other fields whatever their values are. */
    private Map<String, Object> expanded(Field shorthand, List<String> required) {
        Map<String, Object> special = new LinkedHashMap<>(ignored());
        shorthand
                .standsFor()
                .forEach(name ->
                        special.put(name, Map.of("description", "ignored: '" + shorthand.name() + "' sets it")));
        special.put(shorthand.name(), FieldSchemas.of(shorthand.required()));
        List<String> others = required.stream()
                .filter(name -> !shorthand.standsFor().contains(name))
                .collect(Collectors.toList());
        others.add(shorthand.name());
        return requiring(described(special), others);
    }

    private static Map<String, Object> requiring(Map<String, Object> schema, List<String> required) {
        return required.isEmpty() ? schema : Map.of("allOf", List.of(schema), "required", required);
    }

    /** Returns the members that a body must have: those without a default that the path does not determine. */
    private List<String> required() {
        if (method.equals(HttpMethod.PATCH)) {
            return List.of();
        }
        Set<String> determined = new HashSet<>(references());
        String key = entity.key();
        if (method.equals(HttpMethod.PUT) && key != null && endpoint.template().endsWith("/{" + entity.name() + "}")) {
            determined.add(key);
        }
        return FieldSchemas.required(entity.fields()).stream()
                .filter(name -> !determined.contains(name))
                .toList();
    }

    /** Returns the references that the path sets to the entity above. */
    private List<String> references() {
        return entity.references().stream()
                .filter(reference -> endpoint.template().contains("/{" + reference.reference() + "}/"))
                .map(Field::name)
                .toList();
    }

    /** Returns the schemas of the references that the path sets: they can have any value. A patch can change them. */
    private Map<String, Object> ignored() {
        if (method.equals(HttpMethod.PATCH)) {
            return Map.of();
        }
        return references().stream()
                .collect(Collectors.toMap(
                        name -> name,
                        name -> Map.of("type", List.of("object", "null"), "description", "ignored: the path sets it")));
    }

    /** Returns the schema of a body, with more specific schemas for some fields. */
    private Map<String, Object> described(Map<String, Object> special) {
        boolean isPatch = method.equals(HttpMethod.PATCH);
        if (special.isEmpty()) {
            return OpenApi.reference(isPatch ? patchOf(entity) : entity.name());
        }
        if (isPatch) {
            return patch(entity, special);
        }
        return entity.equals(EntitySchemas.PLUGINS)
                ? PluginBodies.complete(special)
                : FieldSchemas.object(entity.fields(), special);
    }

    /** Returns the name of the schema of a patch. */
    static String patchOf(EntitySchema entity) {
        return "patch_of_" + entity.name();
    }

    /** Returns the schema of a patch, in which a generated value is not null, with more specific schemas for some fields. */
    static Map<String, Object> patch(EntitySchema entity, Map<String, Object> special) {
        Map<String, Object> all = new LinkedHashMap<>(special);
        entity.generatedFields().forEach(field -> all.put(field.name(), FieldSchemas.of(field.named(""))));
        return entity.equals(EntitySchemas.PLUGINS)
                ? PluginBodies.patch(all)
                : FieldSchemas.object(entity.fields(), all);
    }
}
