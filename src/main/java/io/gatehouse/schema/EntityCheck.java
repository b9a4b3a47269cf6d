package io.gatehouse.schema;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks several fields of an entity or of a plugin's config together.
 *
 * @param description the form of the rule in {@code /schemas}
 * @param check returns the violation or null
 */
public record EntityCheck(Map<String, Object> description, Function<Document, @Nullable String> check) {

    public static EntityCheck atLeastOneOf(String... names) {
        List<String> fields = List.of(names);
        String violation = "at least one of these fields must be non-empty: " + quoted(fields);
        return new EntityCheck(
                Map.of("at_least_one_of", fields),
                document -> fields.stream().anyMatch(name -> isSet(document.get(name))) ? null : violation);
    }

    /** Requires that at most one of the fields is set. */
    public static EntityCheck mutuallyExclusive(String... names) {
        List<String> fields = List.of(names);
        String violation = "only one or none of these fields must be set: " + quoted(fields);
        return new EntityCheck(
                Map.of("mutually_exclusive", fields),
                document -> fields.stream()
                                        .filter(name -> isSet(document.get(name)))
                                        .count()
                                > 1
                        ? violation
                        : null);
    }

    /** Requires that the values of a set belong to one of the groups. */
    public static EntityCheck mutuallyExclusiveSubsets(String field, List<List<String>> groups) {
        String violation = "these sets are mutually exclusive: "
                + groups.stream().map(group -> "(" + quoted(group) + ")").collect(Collectors.joining(", "));
        return new EntityCheck(
                Map.of("mutually_exclusive_subsets", Map.of("field", field, "subsets", groups)),
                document -> groups.stream()
                                        .filter(group ->
                                                document.strings(field).stream().anyMatch(group::contains))
                                        .count()
                                > 1
                        ? violation
                        : null);
    }

    public static EntityCheck custom(String name, Function<Document, @Nullable String> check) {
        return new EntityCheck(Map.of("custom_entity_check", Map.of("name", name)), check);
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
