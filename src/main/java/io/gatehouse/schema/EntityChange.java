package io.gatehouse.schema;

import io.gatehouse.schema.FieldValues.FieldValue;
import io.gatehouse.syntax.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes what a write has changed in an entity.
 *
 * <p><i>Invariant</i>: it contains no value of a field that can contain a secret ({@link Field#canContainSecret}).
 *
 * @param entity the name of its schema
 * @param name the key of the entity, such as its name; null if it has none that is no secret
 * @param fields the changed fields; of a new or deleted entity, those whose values are not the default
 */
public record EntityChange(
        String entity, UUID id, @Nullable String name, Operation operation, List<FieldChange> fields) {
    /** Characters of a value as JSON. A longer one, such as a certificate, is withheld. */
    static final int MAX_VALUE = 1_024;

    public EntityChange {
        fields = List.copyOf(fields);
    }

    /** The kinds of writes, by Kong's names. */
    public enum Operation {
        CREATE,
        UPDATE,
        DELETE
    }

    /** Why a change has no values. */
    public enum Withheld {
        SECRET,
        SIZE
    }

    /**
     * Describes a changed field.
     *
     * @param path such as {@code config.minute}
     * @param before null if the field had no value
     * @param after null if the field has no value
     * @param withheld why both values are null; null if they are not withheld
     */
    public record FieldChange(
            String path,
            @Nullable Object before,
            @Nullable Object after,
            @Nullable Withheld withheld) {
        static FieldChange of(String path, @Nullable FieldValue before, @Nullable FieldValue after) {
            boolean isSecret = (before != null && before.isSecret()) || (after != null && after.isSecret());
            if (isSecret || isLong(before) || isLong(after)) {
                return new FieldChange(path, null, null, isSecret ? Withheld.SECRET : Withheld.SIZE);
            }
            return new FieldChange(
                    path, before == null ? null : before.shown(), after == null ? null : after.shown(), null);
        }

        private static boolean isLong(@Nullable FieldValue value) {
            if (value == null || value.shown() instanceof Number || value.shown() instanceof Boolean) {
                return false;
            }
            String text = value.shown() instanceof String string ? string : Json.write(value.shown());
            return text.length() > MAX_VALUE;
        }

        private Map<String, @Nullable Object> members() {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("field", path);
            if (withheld == null) {
                members.put("before", before);
                members.put("after", after);
            } else {
                members.put("withheld", lowerCase(withheld));
            }
            return members;
        }
    }

    /** Describes a new entity. */
    public static EntityChange created(EntitySchema schema, Document entity) {
        return whole(schema, entity, Operation.CREATE);
    }

    /** Describes the deletion of an entity. It does not include the entities that PostgreSQL deletes with it. */
    public static EntityChange deleted(EntitySchema schema, Document entity) {
        return whole(schema, entity, Operation.DELETE);
    }

    private static EntityChange whole(EntitySchema schema, Document entity, Operation operation) {
        List<FieldChange> fields = new ArrayList<>();
        FieldValues.of(schema, entity).forEach((path, value) -> {
            if (!value.isDefault()) {
                fields.add(
                        operation == Operation.CREATE
                                ? FieldChange.of(path, null, value)
                                : FieldChange.of(path, value, null));
            }
        });
        return new EntityChange(schema.name(), entity.id(), nameOf(schema, entity), operation, fields);
    }

    /**
     * Describes a change of an entity.
     *
     * @param written the complete entity. A token that it does not contain is unchanged, because the stored one is a digest
     */
    public static EntityChange updated(EntitySchema schema, Document before, Document written) {
        Map<String, FieldValue> old = FieldValues.of(schema, before);
        Map<String, FieldValue> present = FieldValues.of(schema, written);
        List<String> tokens = schema.fields().stream()
                .filter(Field::isDigested)
                .map(Field::name)
                .toList();
        old.keySet().removeAll(tokens);
        present.keySet().removeAll(tokens);
        Set<String> paths = new LinkedHashSet<>(old.keySet());
        paths.addAll(present.keySet());
        List<FieldChange> fields = new ArrayList<>();
        for (String path : paths) {
            FieldValue first = old.get(path);
            FieldValue second = present.get(path);
            if (first == null || second == null || !first.compared().equals(second.compared())) {
                fields.add(FieldChange.of(path, first, second));
            }
        }
        for (String token : tokens) {
            Object value = written.get(token);
            boolean isWritten = written.values().containsKey(token);
            if (isWritten && (value == null || !value.equals(before.get(token)))) {
                fields.add(new FieldChange(token, null, null, Withheld.SECRET));
            }
        }
        return new EntityChange(schema.name(), written.id(), nameOf(schema, written), Operation.UPDATE, fields);
    }

    private static @Nullable String nameOf(EntitySchema schema, Document entity) {
        String key = schema.key();
        boolean isSecret =
                key != null && schema.field(key).filter(Field::canContainSecret).isPresent();
        Object name = key == null || isSecret ? null : entity.get(key);
        // A plugin without an instance name has that of its kind.
        return name == null && schema.field("name").isPresent() ? entity.optionalString("name") : (String) name;
    }

    /** Returns whether the write has changed nothing. */
    public boolean isEmpty() {
        return operation == Operation.UPDATE && fields.isEmpty();
    }

    /** Returns the change as a JSON object (docs/reference/admin-api.md#audit). */
    public Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = identity();
        members.put("fields", fields.stream().map(FieldChange::members).toList());
        return members;
    }

    /** Returns the change as a JSON object without its fields, which are withheld because of their size. */
    public Map<String, @Nullable Object> summary() {
        Map<String, @Nullable Object> members = identity();
        members.put("fields", List.of());
        members.put("withheld", lowerCase(Withheld.SIZE));
        return members;
    }

    private Map<String, @Nullable Object> identity() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("entity", entity);
        members.put("id", id.toString());
        members.put("name", name);
        members.put("operation", lowerCase(operation));
        return members;
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
