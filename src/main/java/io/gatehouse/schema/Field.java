package io.gatehouse.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Declares one field of an entity. Validation, error texts, form conversion, {@code /schemas} and the SQL column are derived from
 * its type, default and constraints.
 *
 * <p><i>Invariant</i>: immutable. Each method that adds an attribute returns a new field.
 */
public final class Field {
    private final String name;
    private final FieldType type;
    /** The attributes that {@code /schemas} shows beside the type, in order. */
    private final Map<String, Object> attributes;

    private final List<Function<Object, @Nullable Object>> checks;
    private final Nested nested;
    private final @Nullable Supplier<Object> generator;

    private Field(
            String name,
            FieldType type,
            Map<String, Object> attributes,
            List<Function<Object, @Nullable Object>> checks,
            Nested nested,
            @Nullable Supplier<Object> generator) {
        this.name = name;
        this.type = type;
        this.attributes = attributes;
        this.checks = checks;
        this.nested = nested;
        this.generator = generator;
    }

    /** Holds the fields of a record, or the key and element fields of a map, array or set. */
    private record Nested(
            List<Field> fields,
            @Nullable Field keys,
            @Nullable Field elements) {
        static final Nested NONE = new Nested(List.of(), null, null);
    }

    private static Field of(String name, FieldType type, Nested nested) {
        return new Field(name, type, Map.of(), List.of(), nested, null);
    }

    public static Field string(String name) {
        return of(name, FieldType.STRING, Nested.NONE);
    }

    public static Field integer(String name) {
        return of(name, FieldType.INTEGER, Nested.NONE);
    }

    public static Field number(String name) {
        return of(name, FieldType.NUMBER, Nested.NONE);
    }

    public static Field bool(String name) {
        return of(name, FieldType.BOOLEAN, Nested.NONE);
    }

    public static Field array(String name, Field elements) {
        return of(name, FieldType.ARRAY, new Nested(List.of(), null, elements));
    }

    public static Field set(String name, Field elements) {
        return of(name, FieldType.SET, new Nested(List.of(), null, elements));
    }

    public static Field map(String name, Field keys, Field values) {
        return of(name, FieldType.MAP, new Nested(List.of(), keys, values));
    }

    public static Field record(String name, Field... fields) {
        return of(name, FieldType.RECORD, new Nested(List.of(fields), null, null));
    }

    /** References an entity; the SQL column is {@code <name>_id}. */
    public static Field foreign(String name, String reference, OnDelete onDelete) {
        Field field = of(name, FieldType.FOREIGN, Nested.NONE).with("reference", reference);
        return onDelete == OnDelete.CASCADE ? field.with("on_delete", "cascade") : field;
    }

    /** Declares the elements of an array, set or map, which have no name. */
    public static Field element() {
        return string("");
    }

    public Field required() {
        return with("required", true);
    }

    public Field unique() {
        return with("unique", true);
    }

    public Field defaultTo(Object value) {
        return with("default", value);
    }

    /** The server generates the value if the client omits it. */
    public Field auto(Supplier<Object> newGenerator) {
        Field field = with("auto", true);
        return new Field(name, type, field.attributes, checks, nested, newGenerator);
    }

    /** The value is a time in seconds since the epoch. */
    public Field timestamp() {
        return with("timestamp", true);
    }

    /** The value must be null. */
    public Field mustBeNull() {
        return with("eq", FieldDescription.NULL).check(value -> "value must be null");
    }

    /** A record that a rule over several of its fields describes. The caller checks the rule. */
    public Field describedBy(List<EntityCheck> rules) {
        return rules.isEmpty()
                ? this
                : with(
                        "entity_checks",
                        rules.stream().map(EntityCheck::description).toList());
    }

    /** The value is a UUID in the canonical form. */
    public Field uuid() {
        return with("uuid", true).check(value -> Texts.isUuid((String) value) ? null : "expected a valid UUID");
    }

    /** The value can be a reference to a secret in a vault ({@code io.gatehouse.syntax.VaultReference}). */
    public Field referenceable() {
        return with("referenceable", true);
    }

    public boolean isReferenceable() {
        return attributes.containsKey("referenceable");
    }

    /** Returns whether the value, or a value nested in it, can be a reference. */
    public boolean canContainReference() {
        return isReferenceable()
                || nested.fields().stream().anyMatch(Field::canContainReference)
                || (nested.elements() != null && nested.elements().canContainReference());
    }

    /** The value is stored as a SHA-256 digest. Only the response to its write, or to a request that names it, shows it. */
    public Field digested() {
        return with("digested", true);
    }

    /** The value is hashed before it is stored if the flag is set. Only the response that generates it shows the plain value. */
    public Field hashedIf(String flag) {
        return with("hashed_if", flag);
    }

    public Optional<String> hashedIf() {
        return Optional.ofNullable((String) attributes.get("hashed_if"));
    }

    /** A list can be filtered by the value, as a query parameter. */
    public Field filterable() {
        return with("filterable", true);
    }

    public boolean isFilterable() {
        return attributes.containsKey("filterable");
    }

    /**
     * Lists the keys of the entities that reference this one. Writing the list creates and deletes them in the same transaction.
     * If the client omits the list, they are unchanged.
     */
    public static Field keysOf(String children, Field key) {
        return set(children, key).auto(List::of).with("keys_of", children);
    }

    /** Returns the entity whose keys these are; empty if they are plain values. */
    public Optional<String> keysOf() {
        return Optional.ofNullable((String) attributes.get("keys_of"));
    }

    /** The gateway stores the value for itself. Clients neither see nor set it. */
    public Field hidden() {
        return with("hidden", true);
    }

    /** The field is accepted on write, and neither stored nor shown. */
    public Field writeOnly() {
        return with("write_only", true);
    }

    public Field between(long low, long high) {
        return with("between", List.of(low, high)).check(value -> {
            double number = ((Number) value).doubleValue();
            return number >= low && number <= high ? null : "value should be between " + low + " and " + high;
        });
    }

    public Field oneOf(Object... values) {
        List<Object> allowed = List.of(values);
        String text =
                "expected one of: " + allowed.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return with("one_of", allowed).check(value -> allowed.contains(value) ? null : text);
    }

    /** The value has at least {@code length} characters or elements. */
    public Field lengthAtLeast(int length) {
        return with("len_min", length)
                .check(value -> Texts.size(value) >= length ? null : "length must be at least " + length);
    }

    /** The value has at most {@code length} characters. */
    public Field lengthAtMost(int length) {
        return with("len_max", length)
                .check(value -> Texts.size(value) <= length ? null : "length must be at most " + length);
    }

    public Field startsWith(String prefix) {
        return with("starts_with", prefix)
                .check(value -> ((String) value).startsWith(prefix) ? null : "should start with: " + prefix);
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
     * @param pattern as {@code /schemas} shows it, in Lua's syntax
     * @param predicate the same pattern
     */
    public Field matching(String pattern, Predicate<String> predicate) {
        return with("match", pattern).matches(predicate, value -> "invalid value: " + value);
    }

    public Field matches(Predicate<String> predicate, Function<String, String> violation) {
        return check(value -> predicate.test((String) value) ? null : violation.apply((String) value));
    }

    /** Adds a check that runs if the type is right. It returns the violation (a text, or a map of texts) or null. */
    public Field check(Function<Object, @Nullable Object> check) {
        List<Function<Object, @Nullable Object>> more = new ArrayList<>(checks);
        more.add(check);
        return new Field(name, type, attributes, List.copyOf(more), nested, generator);
    }

    /** Returns whether a value of the field's type passes the checks. */
    public boolean accepts(Object value) {
        return ValueCheck.check(this, value).violation() == null;
    }

    public Field named(String newName) {
        return new Field(newName, type, attributes, checks, nested, generator);
    }

    private Field with(String attribute, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(attributes);
        more.put(attribute, value);
        return new Field(name, type, more, checks, nested, generator);
    }

    public String name() {
        return name;
    }

    public FieldType type() {
        return type;
    }

    /** Returns the nested fields of a record in order. */
    public List<Field> fields() {
        return nested.fields();
    }

    /** Returns the element field of an array, set or map. */
    public Optional<Field> elements() {
        return Optional.ofNullable(nested.elements());
    }

    public boolean isRequired() {
        return attributes.containsKey("required");
    }

    public boolean isUnique() {
        return attributes.containsKey("unique");
    }

    public boolean isAuto() {
        return attributes.containsKey("auto");
    }

    Optional<Field> keys() {
        return Optional.ofNullable(nested.keys());
    }

    boolean isUuid() {
        return attributes.containsKey("uuid");
    }

    public boolean isDigested() {
        return attributes.containsKey("digested");
    }

    public boolean isHidden() {
        return attributes.containsKey("hidden");
    }

    public boolean isWriteOnly() {
        return attributes.containsKey("write_only");
    }

    public String reference() {
        return (String) attributes.getOrDefault("reference", "");
    }

    public boolean isCascading() {
        return attributes.containsKey("on_delete");
    }

    /** Returns the value for an absent one: generated, the default, a record of defaults, or null. */
    @Nullable
    Object absent() {
        if (generator != null) {
            return generator.get();
        }
        if (attributes.containsKey("default")) {
            return attributes.get("default");
        }
        return type == FieldType.RECORD && isRequired() ? Map.of() : null;
    }

    /** Returns the checks that run if the type is right. */
    List<Function<Object, @Nullable Object>> checks() {
        return checks;
    }

    /** Describes the field for {@code /schemas} (docs/reference/deck.md#schemas). */
    public Map<String, @Nullable Object> describe() {
        return FieldDescription.of(this, attributes);
    }
}
