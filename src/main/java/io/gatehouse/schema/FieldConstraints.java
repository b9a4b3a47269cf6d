package io.gatehouse.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Declares the constraints of a field's value. Each adds the attribute that describes it to clients, the check that enforces it, or
 * both.
 *
 * <p><i>Invariant</i>: immutable. Each method that adds a constraint returns a new field.
 */
abstract sealed class FieldConstraints extends FieldAttributes permits FieldTraits {
    private final List<Function<Object, @Nullable Object>> checks;

    FieldConstraints(Map<String, Object> attributes, List<Function<Object, @Nullable Object>> checks) {
        super(attributes);
        this.checks = checks;
    }

    /** The value must be null. */
    public Field mustBeNull() {
        return with("eq", FieldDescription.NULL).forbidden("value must be null");
    }

    /** The field is not for this entity: a value of any type is invalid. */
    public Field forbidden(String violation) {
        return with("forbidden", violation);
    }

    /** The value is a UUID in the canonical form. */
    public Field uuid() {
        return with("uuid", true).pattern(Texts.UUID, value -> "expected a valid UUID");
    }

    public Field between(long low, long high) {
        return with(Constraint.between(low, high));
    }

    /** The value has no fraction. A fraction of a second would be read as 0, which means "does not expire". */
    public Field wholeSeconds() {
        return with(Constraint.wholeSeconds());
    }

    /** The value of a number has no fraction. */
    public Field whole() {
        return with("whole", true).check(value -> value instanceof Long ? null : "expected an integer");
    }

    public Field greaterThan(long bound) {
        return with("gt", bound)
                .check(value -> ((Number) value).doubleValue() > bound ? null : "value must be greater than " + bound);
    }

    public Field oneOf(Object... values) {
        return with(Constraint.oneOf(List.of(values)));
    }

    /** The value has at least {@code length} characters or elements. Without it, a text has at least one. */
    public Field lengthAtLeast(int length) {
        return with(Constraint.lengthAtLeast(length));
    }

    /** The value has at most {@code length} characters. */
    public Field lengthAtMost(int length) {
        return with(Constraint.lengthAtMost(length));
    }

    public Field startsWith(String prefix) {
        return with(Constraint.startsWith(prefix));
    }

    /** The whole value matches an expression, which the OpenAPI document repeats. */
    public Field pattern(TextPattern pattern, Function<String, String> violation) {
        return with(Constraint.pattern(pattern, violation));
    }

    /** Names the form of a text for which there is no expression. A check of the field decides. */
    public Field format(String format) {
        return with("format", format);
    }

    public Field notOneOf(Object... values) {
        List<Object> excluded = List.of(values);
        String text =
                "must not be one of: " + excluded.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return with("not_one_of", excluded).check(value -> excluded.contains(value) ? text : null);
    }

    /**
     * The value matches a pattern.
     *
     * @param lua the pattern as {@code /schemas} shows it, in Lua's syntax
     * @param pattern the same pattern
     */
    public Field matching(String lua, TextPattern pattern) {
        return with("match", lua).pattern(pattern, value -> "invalid value: " + value);
    }

    /** Allows only a map without entries. */
    public Field empty(String violation) {
        return with("empty", true).check(value -> ((Map<?, ?>) value).isEmpty() ? null : violation);
    }

    public Field matches(Predicate<String> predicate, Function<String, String> violation) {
        return check(value -> predicate.test((String) value) ? null : violation.apply((String) value));
    }

    /** Adds a check that runs if the type is right. It returns the violation (a text, or a map of texts) or null. */
    public Field check(Function<Object, @Nullable Object> check) {
        List<Function<Object, @Nullable Object>> more = new ArrayList<>(checks);
        more.add(check);
        return withChecks(List.copyOf(more));
    }

    /** At most one of the groups of values has values in the set. */
    public Field mutuallyExclusiveSubsets(List<List<String>> groups) {
        return with(Constraint.mutuallyExclusiveSubsets(groups));
    }

    private Field with(Constraint constraint) {
        return with(constraint.attribute(), constraint.value()).check(constraint.check());
    }

    /** Returns a field with one attribute more. */
    abstract Field with(String attribute, Object value);

    /** Returns a field with other checks. */
    abstract Field withChecks(List<Function<Object, @Nullable Object>> others);

    /** Returns the checks that run if the type is right. */
    List<Function<Object, @Nullable Object>> checks() {
        return checks;
    }
}
