package io.gatehouse.schema;

import io.gatehouse.syntax.VaultReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks a value against its field: type, storable text, elements, and the field's own checks. */
final class ValueCheck {
    private ValueCheck() {}

    /** Checks a value; null if the client unset the field. */
    static Checked check(Field field, @Nullable Object value) {
        if (value == null) {
            return field.isRequired() ? Checked.bad("required field missing") : Checked.good(null);
        }
        Checked typed = typed(field, value);
        if (typed.violation() != null || typed.value() == null) {
            return typed;
        }
        // The secret is on the node that uses it.
        if (field.isReferenceable() && VaultReference.isReference(typed.value())) {
            return typed;
        }
        for (Function<Object, @Nullable Object> check : field.checks()) {
            Object violation = check.apply(typed.value());
            if (violation != null) {
                return Checked.bad(violation);
            }
        }
        return typed;
    }

    /** Returns the value in its normal form, if it has the field's type. */
    private static Checked typed(Field field, Object value) {
        Checked wrong = Checked.bad(field.type().expected());
        return switch (field.type()) {
            case STRING -> value instanceof String text ? text(field, text) : wrong;
            case BOOLEAN -> value instanceof Boolean ? Checked.good(value) : wrong;
            case INTEGER -> Numbers.integer(value).map(Checked::good).orElse(wrong);
            case NUMBER -> Numbers.number(value).map(Checked::good).orElse(wrong);
            case ARRAY, SET -> value instanceof List<?> list ? elements(field, list) : wrong;
            case MAP -> value instanceof Map<?, ?> map ? map(field, map) : wrong;
            case RECORD -> value instanceof Map<?, ?> map ? RecordCheck.check(field.fields(), map) : wrong;
            case FOREIGN -> value instanceof Map<?, ?> map ? reference(map) : wrong;
        };
    }

    private static Checked text(Field field, String text) {
        if (!Texts.isStorable(text)) {
            return Checked.bad(Texts.UNSTORABLE);
        }
        if (text.isEmpty() && field.rejectsEmptyText()) {
            return Checked.bad("length must be at least 1");
        }
        return Checked.good(field.isUuid() ? text.toLowerCase(Locale.ROOT) : text);
    }

    /** Checks elements. An array keeps its order and duplicates, a set its order. */
    private static Checked elements(Field field, List<?> list) {
        Field element = field.elements().orElseThrow();
        Collection<@Nullable Object> values =
                field.type() == FieldType.SET ? new LinkedHashSet<>() : new ArrayList<>(list.size());
        @Nullable Object[] violations = new @Nullable Object[list.size()];
        int worst = -1;
        int bad = 0;
        for (int i = 0; i < list.size() && bad < RecordCheck.MAX_VIOLATIONS; i++) {
            Checked checked = present(element, list.get(i));
            if (checked.violation() != null) {
                violations[i] = checked.violation();
                worst = i;
                bad++;
            } else if (!values.add(checked.value()) && field.keysOf().isPresent()) {
                return Checked.bad(checked.value() + " is duplicated");
            }
        }
        return worst < 0
                ? Checked.good(new ArrayList<>(values))
                : Checked.bad(Arrays.asList(Arrays.copyOf(violations, worst + 1)));
    }

    private static Checked map(Field field, Map<?, ?> map) {
        Field keys = field.keys().orElseThrow();
        Field elements = field.elements().orElseThrow();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        Map<String, Object> violations = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            Checked checkedKey = check(keys, key);
            Checked checked = checkedKey.violation() != null ? checkedKey : present(elements, value);
            if (checked.violation() == null) {
                values.put((String) key, checked.value());
            } else if (violations.size() < RecordCheck.MAX_VIOLATIONS) {
                violations.put((String) key, checked.violation());
            }
        });
        return violations.isEmpty() ? Checked.good(values) : Checked.bad(violations);
    }

    /** Checks an element; a list or map must not contain null. */
    private static Checked present(Field element, @Nullable Object value) {
        return value == null ? Checked.bad(element.type().expected()) : check(element, value);
    }

    /** Checks a reference: an id, or the key of the entity, which the store resolves. */
    private static Checked reference(Map<?, ?> map) {
        Object id = map.get("id");
        if (id instanceof String text) {
            return Texts.isUuid(text)
                    ? Checked.good(Map.of("id", text.toLowerCase(Locale.ROOT)))
                    : Checked.bad(Map.of("id", "expected a valid UUID"));
        }
        if (id != null) {
            return Checked.bad(Map.of("id", "expected a string"));
        }
        Map.Entry<?, ?> only = map.size() == 1 ? map.entrySet().iterator().next() : null;
        if (only == null || !(only.getValue() instanceof String key)) {
            return Checked.bad(Map.of("id", "missing primary key"));
        }
        return Texts.isStorable(key)
                ? Checked.good(Map.of(only.getKey(), key))
                : Checked.bad(Map.of(only.getKey(), Texts.UNSTORABLE));
    }
}
