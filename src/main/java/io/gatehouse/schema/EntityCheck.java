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
 * @param description the form of the rule in {@code /schemas}; empty: it is not shown
 * @param check returns null, or the violation: a text in place of the whole record, or a map in its shape with texts below
 *     {@link SchemaViolation#ENTITY}
 */
public record EntityCheck(Map<String, Object> description, Function<Document, @Nullable Object> check) {

    /** Requires that one of the fields has a value. A dot in a name separates the fields of nested records. */
    public static EntityCheck atLeastOneOf(String... names) {
        List<String> fields = List.of(names);
        String violation = "at least one of these fields must be non-empty: " + quoted(fields);
        return ofEntity(
                Map.of("at_least_one_of", fields),
                document -> fields.stream().anyMatch(name -> isSet(at(document, name))) ? null : violation);
    }

    /** Requires that at most one of the fields is set. */
    public static EntityCheck mutuallyExclusive(String... names) {
        return atMostOne("mutually_exclusive", List.of(names));
    }

    /** Requires that at most one of the fields has a value. A dot in a name separates the fields of nested records. */
    public static EntityCheck onlyOneOf(String... names) {
        return atMostOne("only_one_of", List.of(names));
    }

    private static EntityCheck atMostOne(String rule, List<String> fields) {
        String violation = "only one or none of these fields must be set: " + quoted(fields);
        return ofEntity(
                Map.of(rule, fields),
                document -> fields.stream()
                                        .filter(name -> isSet(at(document, name)))
                                        .count()
                                > 1
                        ? violation
                        : null);
    }

    /** Requires that the values of a set belong to one of the groups. */
    public static EntityCheck mutuallyExclusiveSubsets(String field, List<List<String>> groups) {
        String violation = "these sets are mutually exclusive: "
                + groups.stream().map(group -> "(" + quoted(group) + ")").collect(Collectors.joining(", "));
        return ofEntity(
                Map.of("mutually_exclusive_subsets", Map.of("field", field, "subsets", groups)),
                document -> groups.stream()
                                        .filter(group ->
                                                document.strings(field).stream().anyMatch(group::contains))
                                        .count()
                                > 1
                        ? violation
                        : null);
    }

    /**
     * Requires that a field fits the value of another. A violation names both fields.
     *
     * @param isBroken whether an entity violates the rule
     * @param ifField the field that determines whether the rule applies; a dot separates the fields of nested records
     * @param thenField the field that the rule restricts
     * @param violation of {@code thenField}
     */
    public static EntityCheck conditional(
            String ifField, String thenField, String violation, Predicate<Document> isBroken) {
        Object both = merged(
                ofEntity("failed conditional validation given value of field '" + ifField + "'"),
                nested(thenField, violation));
        return new EntityCheck(
                Map.of("conditional", Map.of("if_field", ifField, "then_field", thenField)),
                document -> isBroken.test(document) ? both : null);
    }

    public static EntityCheck custom(String name, Function<Document, @Nullable String> check) {
        return ofEntity(Map.of("custom_entity_check", Map.of("name", name)), check);
    }

    /** Checks a nested record. The violation is in place of the record, not below it. */
    public static EntityCheck ofRecord(String name, Function<Document, @Nullable String> check) {
        return new EntityCheck(Map.of("custom_entity_check", Map.of("name", name)), check::apply);
    }

    /** Checks by rules that depend on the entity itself. They are not shown in {@code /schemas}. */
    public static EntityCheck dependent(Function<Document, List<EntityCheck>> checks) {
        return new EntityCheck(Map.of(), document -> broken(checks.apply(document), document));
    }

    private static EntityCheck ofEntity(Map<String, Object> description, Function<Document, @Nullable String> check) {
        return new EntityCheck(description, document -> {
            String violation = check.apply(document);
            return violation == null ? null : ofEntity(violation);
        });
    }

    private static Map<String, Object> ofEntity(String violation) {
        return Map.of(SchemaViolation.ENTITY, List.of(violation));
    }

    /** Runs checks. Returns null, or all violations in one map, or one in place of the whole record. */
    static @Nullable Object broken(List<EntityCheck> checks, Document document) {
        Object all = null;
        for (EntityCheck check : checks) {
            Object violation = check.check().apply(document);
            if (violation instanceof String) {
                return violation;
            }
            all = all == null ? violation : violation == null ? all : merged(all, violation);
        }
        return all;
    }

    /** Merges violations: maps deeply, lists one after the other; of two texts the first remains. */
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
        return one;
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
