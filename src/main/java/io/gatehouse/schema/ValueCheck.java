package io.gatehouse.schema;

import io.gatehouse.syntax.VaultReference;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks a value against its field: type, storable text, elements, and the field's own checks. */
final class ValueCheck {
    static final String REQUIRED = "required field missing";

    private ValueCheck() {}

    /** Checks a value; null if the client unset the field. */
    static Checked check(Field field, @Nullable Object value) {
        if (value == null) {
            return field.isRequired() ? Checked.bad(REQUIRED) : Checked.good(null);
        }
        if (field.forbidden().isPresent()) {
            return Checked.bad(field.forbidden().get());
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
                return new Checked(typed.value(), violation);
            }
        }
        return field.type() == FieldType.INTEGER && value instanceof BigInteger
                ? Checked.bad(field.type().expected())
                : typed;
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
            case MAP -> value instanceof Map<?, ?> map ? map(field, map) : notAMap(field, value);
            case RECORD -> value instanceof Map<?, ?> map ? record(field, map) : wrong;
            case FOREIGN -> ReferenceCheck.check(field, value);
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
        boolean isSet = field.type() == FieldType.SET;
        List<@Nullable Object> values = new ArrayList<>(list.size());
        Set<Object> members = new HashSet<>();
        @Nullable Object[] violations = new @Nullable Object[list.size()];
        int worst = -1;
        int bad = 0;
        for (int i = 0; i < list.size() && bad < RecordCheck.MAX_VIOLATIONS; i++) {
            Checked checked = present(element, list.get(i));
            if (checked.violation() != null) {
                violations[i] = checked.violation();
                worst = i;
                bad++;
            } else if (!isSet || members.add(FieldValues.member(checked.value()))) {
                values.add(checked.value());
            } else if (field.keysOf().isPresent()) {
                return Checked.bad(checked.value() + " is duplicated");
            }
        }
        return worst < 0 ? Checked.good(values) : Checked.bad(Arrays.asList(Arrays.copyOf(violations, worst + 1)));
    }

    /** Returns the violation of another type. As in Kong, the keys of a list are numbers, which are no texts. */
    private static Checked notAMap(Field field, Object value) {
        FieldType keys = field.keys().orElseThrow().type();
        boolean hasElements = value instanceof List<?> list && !list.isEmpty();
        return Checked.bad(hasElements ? keys.expected() : field.type().expected());
    }

    /** Checks a map. As in Kong, the first violation is in its place, also that of a key. */
    private static Checked map(Field field, Map<?, ?> map) {
        Field keys = field.keys().orElseThrow();
        Field elements = field.elements().orElseThrow();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Checked checked = check(keys, entry.getKey());
            if (checked.violation() == null) {
                checked = present(elements, entry.getValue());
            }
            if (checked.violation() != null) {
                return Checked.bad(checked.violation());
            }
            values.put((String) entry.getKey(), checked.value());
        }
        return Checked.good(values);
    }

    @SuppressWarnings("unchecked") // Made by RecordCheck, whose keys are field names.
    private static Checked record(Field field, Map<?, ?> map) {
        Checked fields = RecordCheck.check(field.fields(), map);
        if (field.rules().isEmpty()) {
            return fields;
        }
        Candidate candidate = new Candidate(
                new Document((Map<String, @Nullable Object>) Objects.requireNonNull(fields.value())),
                fields.violation() == null ? Map.of() : (Map<String, Object>) fields.violation());
        return new Checked(fields.value(), EntityCheck.violations(field.rules(), candidate));
    }

    /** Checks an element; a list or map must not contain null. */
    private static Checked present(Field element, @Nullable Object value) {
        return value == null ? Checked.bad(REQUIRED) : check(element, value);
    }
}
