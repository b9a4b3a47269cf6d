package io.gatehouse.admin.schema;

import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Converts fields to JSON Schema (draft 2020-12), which OpenAPI 3.1 uses. */
final class FieldSchemas {
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

    /** Returns the fields that a new entity must have: required and without a default. */
    static List<String> required(List<Field> fields) {
        return fields.stream()
                .filter(field -> field.isRequired()
                        && !field.isAuto()
                        && field.type() != FieldType.RECORD
                        && !field.describe().containsKey("default"))
                .map(Field::name)
                .toList();
    }

    private static Map<String, Object> of(Field field) {
        Map<String, @Nullable Object> description = field.describe();
        Map<String, Object> schema = new LinkedHashMap<>();
        String type = type(field.type());
        boolean isNullable = !field.isRequired() && !field.name().isEmpty();
        schema.put("type", isNullable ? List.of(type, "null") : type);
        switch (field.type()) {
            case ARRAY, SET -> schema.put("items", of(field.elements().orElseThrow()));
            case MAP -> schema.put("additionalProperties", of(field.elements().orElseThrow()));
            case RECORD -> {
                if (!field.fields().isEmpty()) {
                    schema.putAll(object(field.fields()));
                    schema.put("type", isNullable ? List.of(type, "null") : type);
                }
            }
            case FOREIGN -> schema.put("description", "reference to one of " + field.reference() + ": {\"id\": …}");
            default -> {
                // Other types need no more than their name.
            }
        }
        constrain(schema, description, isNullable);
        if (field.isWriteOnly()) {
            schema.put("writeOnly", true);
        }
        return schema;
    }

    private static void constrain(
            Map<String, Object> schema, Map<String, @Nullable Object> description, boolean isNullable) {
        if (description.containsKey("default")) {
            schema.put("default", Objects.requireNonNull(description.get("default")));
        }
        if (description.containsKey("uuid")) {
            schema.put("format", "uuid");
        }
        if (description.get("one_of") instanceof List<?> values) {
            List<Object> allowed = new ArrayList<>(values);
            if (isNullable) {
                allowed.add(null);
            }
            schema.put("enum", allowed);
        }
        if (description.get("between") instanceof List<?> range) {
            schema.put("minimum", range.get(0));
            schema.put("maximum", range.get(1));
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
