package io.gatehouse.schema;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds a rule of one field: the attribute that describes it to clients, and the check that enforces it.
 *
 * @param check returns the violation or null; it runs if the value has the field's type
 */
record Constraint(String attribute, Object value, Function<Object, @Nullable Object> check) {

    static Constraint between(long low, long high) {
        return new Constraint("between", List.of(low, high), value -> {
            double number = ((Number) value).doubleValue();
            return number >= low && number <= high ? null : "value should be between " + low + " and " + high;
        });
    }

    static Constraint wholeSeconds() {
        return new Constraint("whole_seconds", true, value -> {
            double number = ((Number) value).doubleValue();
            return number == Math.rint(number) ? null : "expected whole seconds";
        });
    }

    static Constraint oneOf(List<Object> allowed) {
        String text =
                "expected one of: " + allowed.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return new Constraint("one_of", allowed, value -> allowed.contains(value) ? null : text);
    }

    static Constraint mutuallyExclusiveSubsets(List<List<String>> groups) {
        return new Constraint("mutually_exclusive_subsets", groups, value -> {
            List<List<String>> used = ((Collection<?>) value)
                    .stream()
                            .flatMap(element -> groups.stream().filter(group -> group.contains(element)))
                            .distinct()
                            .toList();
            return used.size() <= 1
                    ? null
                    : used.stream()
                            .map(group -> "(" + EntityCheck.quoted(group) + ")")
                            .collect(Collectors.joining(", ", "these sets are mutually exclusive: ", ""));
        });
    }

    static Constraint lengthAtLeast(int length) {
        return new Constraint(
                "len_min", length, value -> Texts.size(value) >= length ? null : "length must be at least " + length);
    }

    static Constraint lengthAtMost(int length) {
        return new Constraint(
                "len_max", length, value -> Texts.size(value) <= length ? null : "length must be at most " + length);
    }

    static Constraint startsWith(String prefix) {
        return new Constraint(
                "starts_with",
                prefix,
                value -> ((String) value).startsWith(prefix) ? null : "should start with: " + prefix);
    }

    static Constraint pattern(TextPattern pattern, Function<String, String> violation) {
        return new Constraint(
                "pattern",
                pattern.text(),
                value -> pattern.matches((String) value) ? null : violation.apply((String) value));
    }
}
