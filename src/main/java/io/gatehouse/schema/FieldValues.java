package io.gatehouse.schema;

import io.gatehouse.syntax.Json;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects the values of an entity by the paths of their fields, such as {@code config.minute}. A field without a value is absent. */
final class FieldValues {
    /** Fields that identify an entity, or that every write sets. */
    private static final Set<String> OMITTED = Set.of("id", "created_at", "updated_at");

    private final Map<String, FieldValue> byPath = new LinkedHashMap<>();

    private FieldValues() {}

    /**
     * Holds the value of a field.
     *
     * @param compared equal for values that are the same to the schema
     * @param isSecret whether the value can contain a secret; true if no schema declares the field
     * @param isDefault whether an entity has the value if its client omits the field
     */
    record FieldValue(Object shown, Object compared, boolean isSecret, boolean isDefault) {}

    /** Returns the values in the order of the schema. */
    static Map<String, FieldValue> of(EntitySchema schema, Document entity) {
        FieldValues values = new FieldValues();
        values.addAll("", schema.fieldsFor(entity.values()), entity.values());
        return values.byPath;
    }

    private void addAll(String prefix, List<Field> fields, Map<?, ?> values) {
        Set<Object> declared = new HashSet<>();
        for (Field field : fields) {
            declared.add(field.name());
            Object value = values.get(field.name());
            boolean isOmitted = field.isHidden() || (prefix.isEmpty() && OMITTED.contains(field.name()));
            if (value != null && !isOmitted) {
                add(prefix + field.name(), field, value);
            }
        }
        // The fields of a plugin that this version does not have, or of an earlier version of it.
        values.forEach((name, value) -> {
            if (value != null && !declared.contains(name)) {
                byPath.put(prefix + name, new FieldValue(value, value, true, false));
            }
        });
    }

    /**
     * A member of a set, to be compared with others.
     *
     * <p><i>Why</i>: a set finds a text among those with its hash code by their order, and compares a record with all of them. A client
     * would choose records with one hash code.
     */
    static Object member(@Nullable Object value) {
        return value instanceof Map<?, ?> record
                ? Json.write(record)
                : Objects.requireNonNullElse(value, Optional.empty());
    }

    private void add(String path, Field field, Object value) {
        if (field.type() == FieldType.RECORD && value instanceof Map<?, ?> record) {
            addAll(path + ".", field.fields(), record);
            return;
        }
        // A set has no order.
        Object compared = field.type() == FieldType.SET && value instanceof List<?> list
                ? list.stream().map(FieldValues::member).collect(Collectors.toSet())
                : value;
        boolean isDefault = value.equals(field.attributes().get("default"));
        byPath.put(path, new FieldValue(value, compared, field.canContainSecret(), isDefault));
    }
}
