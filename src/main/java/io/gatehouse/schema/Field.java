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
 * One field of an entity, declared once: its type, default and constraints drive validation, error texts, form
 * conversion, the {@code /schemas} endpoints and the SQL column alike.
 *
 * <p>Immutable: each method that adds something answers a new field.
 */
public final class Field {

    /** What happens to an entity when the one it references is deleted. */
    public enum OnDelete {
        /** It goes too. */
        CASCADE,
        /** It keeps the other alive: the delete is refused. */
        RESTRICT
    }

    private final String name;
    private final FieldType type;
    /** What {@code /schemas} shows beside the type, in order. */
    private final Map<String, Object> attributes;

    private final List<Function<Object, @Nullable Object>> checks;
    private final List<Field> fields;
    private final @Nullable Field keys;
    private final @Nullable Field elements;
    private final @Nullable Supplier<Object> generator;

    private Field(
            String name,
            FieldType type,
            Map<String, Object> attributes,
            List<Function<Object, @Nullable Object>> checks,
            List<Field> fields,
            @Nullable Field keys,
            @Nullable Field elements,
            @Nullable Supplier<Object> generator) {
        this.name = name;
        this.type = type;
        this.attributes = attributes;
        this.checks = checks;
        this.fields = fields;
        this.keys = keys;
        this.elements = elements;
        this.generator = generator;
    }

    private static Field of(
            String name, FieldType type, List<Field> fields, @Nullable Field keys, @Nullable Field elements) {
        return new Field(name, type, Map.of(), List.of(), fields, keys, elements, null);
    }

    public static Field string(String name) {
        return of(name, FieldType.STRING, List.of(), null, null);
    }

    public static Field integer(String name) {
        return of(name, FieldType.INTEGER, List.of(), null, null);
    }

    public static Field number(String name) {
        return of(name, FieldType.NUMBER, List.of(), null, null);
    }

    public static Field bool(String name) {
        return of(name, FieldType.BOOLEAN, List.of(), null, null);
    }

    public static Field array(String name, Field elements) {
        return of(name, FieldType.ARRAY, List.of(), null, elements);
    }

    public static Field set(String name, Field elements) {
        return of(name, FieldType.SET, List.of(), null, elements);
    }

    public static Field map(String name, Field keys, Field values) {
        return of(name, FieldType.MAP, List.of(), keys, values);
    }

    public static Field record(String name, Field... fields) {
        return of(name, FieldType.RECORD, List.of(fields), null, null);
    }

    /** A reference to the entity named; the SQL column is {@code <name>_id}. */
    public static Field foreign(String name, String reference, OnDelete onDelete) {
        Field field = of(name, FieldType.FOREIGN, List.of(), null, null).with("reference", reference);
        return onDelete == OnDelete.CASCADE ? field.with("on_delete", "cascade") : field;
    }

    /** The elements of an array, set or map need no name. */
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

    /** The server fills the field in when the client leaves it out. */
    public Field auto(Supplier<Object> newGenerator) {
        Field field = with("auto", true);
        return new Field(name, type, field.attributes, checks, fields, keys, elements, newGenerator);
    }

    /** A UUID in the canonical form. */
    public Field uuid() {
        return with("uuid", true).check(value -> Texts.isUuid((String) value) ? null : "expected a valid UUID");
    }

    /** Kept as a SHA-256 digest: shown only to those who just wrote it or asked by it. */
    public Field digested() {
        return with("digested", true);
    }

    /**
     * The keys of those entities of a kind that reference this one: writing the list makes and removes them, in the same
     * transaction; a client that leaves it out leaves them alone.
     */
    public static Field keysOf(String children, Field key) {
        return set(children, key).auto(List::of).with("keys_of", children);
    }

    /** The kind of entity whose keys these are; empty when they are values of their own. */
    public Optional<String> keysOf() {
        return Optional.ofNullable((String) attributes.get("keys_of"));
    }

    /** Stored for the gateway's own use; clients neither see nor set it. */
    public Field hidden() {
        return with("hidden", true);
    }

    /** Accepted on write, never stored or shown as such. */
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

    /** At least so many characters or elements. */
    public Field lengthAtLeast(int length) {
        return with("len_min", length)
                .check(value -> size(value) >= length ? null : "length must be at least " + length);
    }

    /** At most so many characters. */
    public Field lengthAtMost(int length) {
        return with("len_max", length)
                .check(value -> size(value) <= length ? null : "length must be at most " + length);
    }

    public Field startsWith(String prefix) {
        return with("starts_with", prefix)
                .check(value -> ((String) value).startsWith(prefix) ? null : "should start with: " + prefix);
    }

    public Field matches(Predicate<String> predicate, Function<String, String> violation) {
        return check(value -> predicate.test((String) value) ? null : violation.apply((String) value));
    }

    /** A check of its own, run when the type is right; answers the violation (a text, or texts in a map) or null. */
    public Field check(Function<Object, @Nullable Object> check) {
        List<Function<Object, @Nullable Object>> more = new ArrayList<>(checks);
        more.add(check);
        return new Field(name, type, attributes, List.copyOf(more), fields, keys, elements, generator);
    }

    /** The same field under another name. */
    public Field named(String newName) {
        return new Field(newName, type, attributes, checks, fields, keys, elements, generator);
    }

    private Field with(String attribute, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(attributes);
        more.put(attribute, value);
        return new Field(name, type, more, checks, fields, keys, elements, generator);
    }

    public String name() {
        return name;
    }

    public FieldType type() {
        return type;
    }

    /** Nested fields of a record, in order. */
    public List<Field> fields() {
        return fields;
    }

    /** What an array, set or map holds. */
    public Optional<Field> elements() {
        return Optional.ofNullable(elements);
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

    /** What a map's keys are. */
    Optional<Field> keys() {
        return Optional.ofNullable(keys);
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

    /** The entity a foreign field references. */
    public String reference() {
        return (String) attributes.getOrDefault("reference", "");
    }

    public boolean isCascading() {
        return attributes.containsKey("on_delete");
    }

    /** What an absent value becomes: generated, the default, a record of defaults, or null. */
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

    /** Checks a value that is there; null means the client unset the field. */
    Checked check(@Nullable Object value) {
        if (value == null) {
            return isRequired() ? Checked.bad("required field missing") : Checked.good(null);
        }
        Checked typed = ValueCheck.typed(this, value);
        if (typed.violation() != null || typed.value() == null) {
            return typed;
        }
        for (Function<Object, @Nullable Object> check : checks) {
            Object violation = check.apply(typed.value());
            if (violation != null) {
                return Checked.bad(violation);
            }
        }
        return typed;
    }

    private static int size(Object value) {
        return value instanceof String text ? text.length() : ((List<?>) value).size();
    }

    /** The field as {@code /schemas} shows it (docs/reference/deck.md#schemas). */
    public Map<String, Object> describe() {
        return FieldDescription.of(this, attributes);
    }
}
