package io.gatehouse.admin.schema;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Converts fields to JSON Schema (draft 2020-12), which OpenAPI 3.1 uses. */
final class FieldSchemas {
    /** A reference to a vault. */
    private static final String REFERENCE = "^\\{vault://[^\\x00]*\\}$";

    private FieldSchemas() {}

    /** Returns the schema of an object with these fields and no others. */
    static Map<String, Object> object(List<Field> fields) {
        return object(fields, Map.of());
    }

    /** Returns the schema of an object, with more specific schemas for some fields. */
    static Map<String, Object> object(List<Field> fields, Map<String, Object> special) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Field field : fields) {
            if (!field.isHidden()) {
                properties.put(field.name(), special.containsKey(field.name()) ? special.get(field.name()) : of(field));
            }
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "object");
        object.put("properties", properties);
        object.put("additionalProperties", false);
        return object;
    }

    /** Returns the fields that a new entity must have. */
    static List<String> required(List<Field> fields) {
        return fields.stream()
                .filter(field -> !field.isOmittable())
                .map(Field::name)
                .toList();
    }

    /** Returns the schema of a field or of a query parameter, with every bound that the field declares. */
    static Map<String, Object> of(Field field) {
        Map<String, Object> schema = new LinkedHashMap<>();
        switch (field.type()) {
            case ARRAY, SET -> schema.put("items", of(field.elements().orElseThrow()));
            case MAP -> {
                schema.put("propertyNames", of(field.keys().orElseThrow()));
                schema.put("additionalProperties", of(field.elements().orElseThrow()));
            }
            case RECORD -> {
                if (!field.fields().isEmpty()) {
                    schema.putAll(object(field.fields()));
                    require(schema, field.fields());
                    schema.putAll(oneOfSeveral(field));
                }
            }
            case FOREIGN -> schema.putAll(reference(field));
            case STRING -> text(schema, field);
            default -> {
                // Other types need no more than their name and bounds.
            }
        }
        // An element has no name, and is never null.
        boolean isNullable = !field.isRequired() && !field.name().isEmpty();
        String type = type(field.type());
        schema.put("type", isNullable ? List.of(type, "null") : type);
        bounds(schema, field.attributes(), isNullable);
        if (field.isWriteOnly()) {
            schema.put("writeOnly", true);
        }
        return schema;
    }

    /** Requires the fields that a new entity must have. */
    static void require(Map<String, Object> schema, List<Field> fields) {
        List<String> required = required(fields);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
    }

    /** Returns the rule that one of several fields of a record has a value, if it has such a rule. */
    private static Map<String, Object> oneOfSeveral(Field field) {
        return field.attributes().get("entity_checks") instanceof List<?> rules
                ? rules.stream()
                        .map(rule -> ((Map<?, ?>) rule).get("at_least_one_of"))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(names -> Map.<String, Object>of(
                                "anyOf",
                                ((List<?>) names)
                                        .stream().map(FieldSchemas::withValue).toList()))
                        .orElse(Map.of())
                : Map.of();
    }

    private static Map<String, Object> withValue(Object name) {
        return Map.of("required", List.of(name), "properties", Map.of(name, Map.of("not", Map.of("type", "null"))));
    }

    /** Returns the schema of a reference: the id of the entity, or one of its unique fields alone. */
    private static Map<String, Object> reference(Field field) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", "reference to one of " + field.reference());
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("id", of(CommonFields.id().named("")));
        List<Object> choices = new ArrayList<>(List.of(Map.of("required", List.of("id"))));
        EntitySchema target = EntitySchemas.find(field.reference()).orElseThrow();
        for (Field unique : target.namingFields()) {
            properties.put(unique.name(), of(unique.named("")));
            choices.add(Map.of("required", List.of(unique.name()), "maxProperties", 1));
        }
        schema.put("properties", properties);
        schema.put("anyOf", choices);
        return schema;
    }

    private static void text(Map<String, Object> schema, Field field) {
        if (field.attributes().containsKey("one_of")) {
            return;
        }
        Map<String, Object> literal = literal(field.attributes());
        if (field.isReferenceable()) {
            schema.put("anyOf", List.of(literal, Map.of("pattern", REFERENCE)));
        } else {
            schema.putAll(literal);
        }
    }

    /** Returns the bounds of a text that is no reference to a vault. */
    private static Map<String, Object> literal(Map<String, Object> attributes) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("minLength", attributes.getOrDefault("len_min", 1));
        if (attributes.containsKey("len_max")) {
            schema.put("maxLength", attributes.get("len_max"));
        }
        // No text contains NUL.
        String prefix = (String) attributes.getOrDefault("starts_with", "");
        schema.put("pattern", "^" + attributes.getOrDefault("pattern", prefix + "[^\\x00]*") + "$");
        if (attributes.containsKey("uuid")) {
            schema.put("format", "uuid");
        } else if (attributes.containsKey("format")) {
            schema.put("format", attributes.get("format"));
        }
        return schema;
    }

    private static void bounds(Map<String, Object> schema, Map<String, Object> attributes, boolean isNullable) {
        if (attributes.containsKey("default")) {
            schema.put("default", attributes.get("default"));
        }
        if (attributes.get("one_of") instanceof List<?> values) {
            List<Object> allowed = new ArrayList<>(values);
            if (isNullable) {
                allowed.add(null);
            }
            schema.put("enum", allowed);
        }
        if (attributes.get("between") instanceof List<?> range) {
            schema.put("minimum", range.get(0));
            schema.put("maximum", range.get(1));
        }
        if (attributes.containsKey("gt")) {
            schema.put("exclusiveMinimum", attributes.get("gt"));
        }
        if (attributes.containsKey("timestamp")) {
            schema.put("exclusiveMinimum", 0);
            schema.put("maximum", CommonFields.MAX_TIMESTAMP);
        }
        if (attributes.containsKey("whole") || attributes.containsKey("whole_seconds")) {
            schema.put("multipleOf", 1);
        }
        if (attributes.containsKey("empty")) {
            schema.put("maxProperties", 0);
        }
        if (schema.containsKey("items") && attributes.containsKey("len_min")) {
            schema.put("minItems", attributes.get("len_min"));
        }
        if (schema.containsKey("items") && attributes.containsKey("len_max")) {
            schema.put("maxItems", attributes.get("len_max"));
        }
        if (schema.containsKey("propertyNames") && attributes.containsKey("len_min")) {
            schema.put("minProperties", attributes.get("len_min"));
        }
        if (schema.containsKey("propertyNames") && attributes.containsKey("len_max")) {
            schema.put("maxProperties", attributes.get("len_max"));
        }
    }

    private static String type(FieldType type) {
        return switch (type) {
            case STRING -> "string";
            case INTEGER -> "integer";
            case NUMBER -> "number";
            case BOOLEAN -> "boolean";
            case ARRAY, SET -> "array";
            case MAP, RECORD, FOREIGN -> "object";
        };
    }
}
