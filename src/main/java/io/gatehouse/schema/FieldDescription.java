package io.gatehouse.schema;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Describes a field for {@code /schemas}. */
final class FieldDescription {
    /** Attributes that Kong does not have and {@code /schemas} omits. */
    private static final Set<String> INTERNAL = Set.of(
            "auto_if",
            "decisive",
            "digested",
            "empty",
            "filterable",
            "follows",
            "forbidden",
            "format",
            "hashed_if",
            "hidden",
            "ids_of",
            "keeps_null",
            "keys_of",
            "ours",
            "pattern",
            "salted_by",
            "seconds_until",
            "secret",
            "settable",
            "stands_for",
            "whole",
            "whole_seconds",
            "write_only");

    /** Stands for null among the attributes. */
    static final Object NULL = new Object();

    private FieldDescription() {}

    static Map<String, @Nullable Object> of(Field field, Map<String, Object> attributes) {
        Map<String, @Nullable Object> description = new LinkedHashMap<>();
        description.put("type", field.type().schemaName());
        attributes.forEach((attribute, value) -> {
            if (!INTERNAL.contains(attribute)) {
                description.put(attribute, value == NULL ? null : value);
            }
        });
        if (field.type() == FieldType.RECORD) {
            description.put(
                    "fields",
                    field.fields().stream()
                            .map(nested -> Map.of(nested.name(), nested.describe()))
                            .toList());
        }
        field.keys().ifPresent(keys -> description.put("keys", keys.describe()));
        field.elements()
                .ifPresent(elements ->
                        description.put(field.type() == FieldType.MAP ? "values" : "elements", elements.describe()));
        return description;
    }
}
