package io.gatehouse.schema;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds a JSON object that a schema has checked and filled with defaults. The typed records are read from it.
 *
 * <p><i>Invariant</i>: values are {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@code List}, {@code Map} or null; a
 * reference is a map with the one key {@code id}.
 */
public record Document(Map<String, @Nullable Object> values) {

    /** Returns the document with another value. */
    public Document with(String field, @Nullable Object value) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(values);
        changed.put(field, value);
        return new Document(changed);
    }

    /** Returns the document without some fields. */
    public Document without(Collection<String> fields) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(values);
        rest.keySet().removeAll(fields);
        return new Document(rest);
    }

    public @Nullable Object get(String field) {
        return values.get(field);
    }

    /** Returns the {@code id} of the entity. */
    public UUID id() {
        return UUID.fromString(string("id"));
    }

    public String string(String field) {
        String value = optionalString(field);
        if (value == null) {
            throw new IllegalStateException("field '" + field + "' has no value");
        }
        return value;
    }

    public @Nullable String optionalString(String field) {
        return (String) values.get(field);
    }

    public long integer(String field) {
        return number(field).longValue();
    }

    public Number number(String field) {
        if (values.get(field) instanceof Number number) {
            return number;
        }
        throw new IllegalStateException("field '" + field + "' is not a number");
    }

    public boolean flag(String field) {
        return Boolean.TRUE.equals(values.get(field));
    }

    /** Returns the strings of an array or set; empty if the field is null. */
    public List<String> strings(String field) {
        return values.get(field) instanceof List<?> list
                ? list.stream().map(String.class::cast).toList()
                : List.of();
    }

    public @Nullable UUID reference(String field) {
        return values.get(field) instanceof Map<?, ?> map && map.get("id") instanceof String id
                ? UUID.fromString(id)
                : null;
    }

    /** Returns a nested record; empty if the field is null. */
    @SuppressWarnings("unchecked") // A JSON object's keys are strings.
    public Document record(String field) {
        return values.get(field) instanceof Map<?, ?> map
                ? new Document((Map<String, @Nullable Object>) map)
                : new Document(Map.of());
    }
}
