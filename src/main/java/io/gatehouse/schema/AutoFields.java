package io.gatehouse.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps the values that the server generates when a client replaces an entity without repeating them. */
public final class AutoFields {
    private AutoFields() {}

    /** Adds the generated values of the stored entity where the client omits them, also in nested records. */
    public static Map<String, @Nullable Object> keep(
            List<Field> fields, Map<String, @Nullable Object> given, Map<?, ?> stored) {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>(given);
        for (Field field : fields) {
            Object value = given.get(field.name());
            Object old = stored.get(field.name());
            if (old == null) {
                continue;
            }
            boolean isUnset = value == null && field.isRequired() && given.containsKey(field.name());
            if (field.isAuto() && value == null && !isUnset) {
                kept.put(field.name(), old);
            } else if (field.type() == FieldType.RECORD
                    && old instanceof Map<?, ?> oldRecord
                    && (value == null || value instanceof Map<?, ?>)) {
                Map<String, @Nullable Object> record = keep(field.fields(), record(value), oldRecord);
                // An omitted record without kept values remains absent, so that its default applies.
                if (value != null || !record.isEmpty()) {
                    kept.put(field.name(), record);
                }
            }
        }
        return kept;
    }

    @SuppressWarnings("unchecked") // A JSON object's keys are strings.
    private static Map<String, @Nullable Object> record(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, @Nullable Object>) value;
    }

    /**
     * Merges a patch: records are merged deeply, null unsets a value and empties a list of keys, any other value is replaced. The rest
     * of a stored lifetime is not merged, because it would begin again. A token that is stored as a digest is not merged either: its
     * null means that it cannot be shown.
     */
    public static Map<String, @Nullable Object> merge(
            List<Field> fields, Map<?, ?> stored, Map<String, @Nullable Object> patch) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>();
        stored.forEach((name, value) -> merged.put((String) name, value));
        fields.stream()
                .filter(field -> field.secondsUntil().isPresent() || field.isDigested() || isDetermined(field, patch))
                .forEach(field -> merged.remove(field.name()));
        patch.forEach((name, value) -> {
            Field patched = fields.stream()
                    .filter(field -> field.name().equals(name))
                    .findFirst()
                    .orElse(null);
            merged.put(name, patched == null ? value : merged(patched, stored.get(name), value));
        });
        return merged;
    }

    private static @Nullable Object merged(Field field, @Nullable Object stored, @Nullable Object value) {
        if (value == null && field.keysOf().isPresent()) {
            return List.of();
        }
        return field.type() == FieldType.RECORD && value instanceof Map<?, ?> && stored instanceof Map<?, ?> old
                ? merge(field.fields(), old, record(value))
                : value;
    }

    /** Returns whether a patch sets the field that determines this one. */
    private static boolean isDetermined(Field field, Map<String, @Nullable Object> patch) {
        return field.follows().filter(other -> patch.get(other) != null).isPresent();
    }

    /**
     * Sets the values that only the server determines. Values that clients cannot read are left out unless the write sets them.
     *
     * @param given the complete entity, without such values unless the write sets them
     * @param isWritten whether the write sets a field
     * @param current null: the entity is new
     */
    public static Document settle(
            EntitySchema schema,
            Document checked,
            Map<String, @Nullable Object> given,
            Predicate<String> isWritten,
            @Nullable Document current) {
        Map<String, @Nullable Object> settled = new LinkedHashMap<>(checked.values());
        schema.field("updated_at").ifPresent(field -> settled.put("updated_at", field.absent()));
        if (current == null) {
            return new Document(settled);
        }
        settled.put("id", current.get("id"));
        if (schema.field("created_at").filter(Field::isSettable).isEmpty()) {
            settled.put("created_at", current.get("created_at"));
        }
        for (Field field : schema.fields()) {
            String name = field.name();
            boolean isOmitted = !given.containsKey(name) || (field.isAuto() && given.get(name) == null);
            if (field.isDigested() && isOmitted) {
                // The check has generated an omitted token.
                settled.remove(name);
            } else if (field.secondsUntil().isPresent() && isOmitted) {
                // A write without a lifetime leaves the rest of the stored one.
                settled.put(name, current.get(name));
                settled.remove(field.secondsUntil().get());
            } else if (field.resetBy().isPresent()
                    && !isWritten.test(field.resetBy().get())) {
                settled.remove(name);
            }
        }
        return new Document(settled);
    }

    /**
     * Rejects a null that cannot unset a value.
     *
     * @throws SchemaViolation if a patch has a null for a generated value
     */
    public static void requireValues(EntitySchema schema, Map<String, @Nullable Object> patch) {
        Map<String, Object> violations = new LinkedHashMap<>();
        schema.generatedFields().stream()
                .filter(field -> patch.containsKey(field.name()) && patch.get(field.name()) == null)
                .forEach(field -> violations.put(field.name(), "cannot be null: omit it to keep its value"));
        if (!violations.isEmpty()) {
            throw new SchemaViolation(violations);
        }
    }
}
