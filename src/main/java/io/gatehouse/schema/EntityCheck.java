package io.gatehouse.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks several fields of an entity or of a plugin's config together.
 *
 * <p><i>Why</i>: as in Kong, a violation of one field does not hide those of the checks that can do without that field.
 *
 * @param description the form of the rule in {@code /schemas}; empty: it is not shown
 * @param needed the fields that have to be valid for the check
 * @param isLast whether it runs only if nothing else is violated
 * @param check returns null, or the violation: a text in place of the whole record, or a map in its shape with texts below
 *     {@link SchemaViolation#ENTITY}
 */
public record EntityCheck(
        Map<String, Object> description,
        List<String> needed,
        boolean isLast,
        Function<Candidate, @Nullable Object> check) {

    /** The start of a violation. In a change of an entity, Kong's text differs. */
    static final String AT_LEAST_ONE = "at least one of these fields must be non-empty: ";

    public EntityCheck {
        needed = List.copyOf(needed);
    }

    /** Requires that one of the fields has a value. A dot in a name separates the fields of nested records. */
    public static EntityCheck atLeastOneOf(String... names) {
        List<String> fields = List.of(names);
        return ofEntity(
                Map.of("at_least_one_of", fields),
                List.of(),
                document -> countSet(document, fields) == 0 ? AT_LEAST_ONE + quoted(fields) : null);
    }

    /** Requires that exactly one of the fields has a value. A dot in a name separates the fields of nested records. */
    public static EntityCheck exactlyOneOf(String... names) {
        List<String> fields = List.of(names);
        return ofEntity(
                Map.of("only_one_of", fields),
                List.of(),
                document -> countSet(document, fields) == 1
                        ? null
                        : "exactly one of these fields must be non-empty: " + quoted(fields));
    }

    /** Requires that at most one of the fields has a value. */
    public static EntityCheck mutuallyExclusive(String... names) {
        List<String> fields = List.of(names);
        return ofEntity(
                Map.of("mutually_exclusive", fields),
                fields,
                document -> countSet(document, fields) > 1
                        ? "only one or none of these fields must be set: " + quoted(fields)
                        : null);
    }

    private static long countSet(Document document, List<String> fields) {
        return fields.stream().filter(name -> isSet(at(document, name))).count();
    }

    /**
     * Requires that a field fits the value of another. A violation names both fields.
     *
     * @param ifField the field that determines whether the rule applies; a dot separates the fields of nested records
     * @param thenField the field that the rule restricts
     * @param violation of {@code thenField}
     * @param isBroken whether an entity violates the rule. The value of {@code thenField} can be an invalid one
     */
    public static EntityCheck conditional(
            String ifField, String thenField, String violation, Predicate<Document> isBroken) {
        return conditional(
                ifField,
                thenField,
                violation,
                "failed conditional validation given value of field '" + ifField + "'",
                isBroken);
    }

    /**
     * Requires that a field fits the value of another.
     *
     * @param text the violation of the entity
     */
    public static EntityCheck conditional(
            String ifField, String thenField, String violation, String text, Predicate<Document> isBroken) {
        Map<String, Object> entity = ofEntity(text);
        Object both = merged(entity, nested(thenField, violation));
        return new EntityCheck(
                Map.of("conditional", Map.of("if_field", ifField, "then_field", thenField)),
                List.of(ifField),
                false,
                candidate -> {
                    if (isBroken.test(candidate.document())) {
                        return both;
                    }
                    // An invalid value does not fulfil the rule either. Its own violation remains.
                    boolean isUnfulfilled =
                            !candidate.isValid(thenField) && isBroken.test(candidate.without(thenField));
                    return isUnfulfilled ? entity : null;
                });
    }

    /**
     * Checks an entity by a rule of its own.
     *
     * @param needed the fields that have to be valid for the check
     */
    public static EntityCheck custom(String name, Function<Document, @Nullable String> check, String... needed) {
        return ofEntity(Map.of("custom_entity_check", Map.of("name", name)), List.of(needed), check);
    }

    /** Checks a nested record without other violations. The violation is in place of the record, not below it. */
    public static EntityCheck ofRecord(String name, Function<Document, @Nullable String> check) {
        return new EntityCheck(
                Map.of("custom_entity_check", Map.of("name", name)),
                List.of(),
                true,
                candidate -> check.apply(candidate.document()));
    }

    /** Checks by rules that depend on the entity itself. They are not shown in {@code /schemas}. */
    public static EntityCheck dependent(Function<Document, List<EntityCheck>> checks) {
        return new EntityCheck(
                Map.of(), List.of(), false, candidate -> broken(checks.apply(candidate.document()), candidate));
    }

    private static EntityCheck ofEntity(
            Map<String, Object> description, List<String> needed, Function<Document, @Nullable String> check) {
        return new EntityCheck(description, needed, false, candidate -> {
            String violation = check.apply(candidate.document());
            return violation == null ? null : ofEntity(violation);
        });
    }

    private static Map<String, Object> ofEntity(String violation) {
        return Map.of(SchemaViolation.ENTITY, List.of(violation));
    }

    /** Returns the violations of single fields and of checks; null if there are none. */
    static @Nullable Object violations(List<EntityCheck> checks, Candidate candidate) {
        Map<String, Object> fields = candidate.violations();
        Object broken = fields.size() < RecordCheck.MAX_VIOLATIONS ? broken(checks, candidate) : null;
        if (fields.isEmpty() || broken == null) {
            return fields.isEmpty() ? broken : fields;
        }
        return merged(fields, broken);
    }

    /** Runs checks. Returns null, or all violations in one map, or one in place of the whole record. */
    private static @Nullable Object broken(List<EntityCheck> checks, Candidate candidate) {
        Object all = null;
        for (EntityCheck check : checks) {
            if (!check.isLast() && check.needed().stream().allMatch(candidate::isValid)) {
                Object violation = check.check().apply(candidate);
                all = all == null ? violation : violation == null ? all : merged(all, violation);
            }
        }
        if (all != null || !candidate.violations().isEmpty()) {
            return all;
        }
        for (EntityCheck check : checks) {
            Object violation = check.isLast() ? check.check().apply(candidate) : null;
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    /**
     * Merges violations: maps deeply, texts of an entity one after the other. A text replaces another one, but none of a record is
     * replaced by those of its fields.
     */
    private static Object merged(Object one, Object other) {
        if (one instanceof Map<?, ?> first && other instanceof Map<?, ?> second) {
            Map<String, Object> both = new LinkedHashMap<>();
            first.forEach((name, violation) -> both.put((String) name, violation));
            second.forEach((name, violation) -> both.merge((String) name, violation, EntityCheck::merged));
            return both;
        }
        if (one instanceof List<?> first && other instanceof List<?> second) {
            List<Object> both = new ArrayList<>(first);
            both.addAll(second);
            return both;
        }
        return one instanceof String && other instanceof Map ? one : other;
    }

    private static Map<String, Object> nested(String path, Object violation) {
        int dot = path.indexOf('.');
        return dot < 0
                ? Map.of(path, violation)
                : Map.of(path.substring(0, dot), nested(path.substring(dot + 1), violation));
    }

    private static @Nullable Object at(Document document, String path) {
        int dot = path.indexOf('.');
        return dot < 0 ? document.get(path) : at(document.record(path.substring(0, dot)), path.substring(dot + 1));
    }

    public static String quoted(Collection<String> names) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }

    public static boolean anySet(Document document, String... names) {
        return Arrays.stream(names).anyMatch(name -> isSet(document.get(name)));
    }

    private static boolean isSet(@Nullable Object value) {
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Collection<?> values) {
            return !values.isEmpty();
        }
        return value instanceof Map<?, ?> map ? !map.isEmpty() : value != null;
    }
}
