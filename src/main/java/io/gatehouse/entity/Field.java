package io.gatehouse.entity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** Attributes that are nobody's business but ours. */
    private static final Set<String> INTERNAL = Set.of("digested", "hidden", "write_only");

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
        Checked typed = switch (type) {
            case STRING -> value instanceof String text ? checkText(text) : wrongType();
            case BOOLEAN -> value instanceof Boolean ? Checked.good(value) : wrongType();
            case INTEGER -> Numbers.integer(value).map(Checked::good).orElseGet(this::wrongType);
            case NUMBER -> Numbers.number(value).map(Checked::good).orElseGet(this::wrongType);
            case ARRAY, SET -> value instanceof List<?> list ? checkElements(list) : wrongType();
            case MAP -> value instanceof Map<?, ?> map ? checkMap(map) : wrongType();
            case RECORD -> value instanceof Map<?, ?> map ? RecordCheck.check(fields, map) : wrongType();
            case FOREIGN -> value instanceof Map<?, ?> map ? checkReference(map) : wrongType();
        };
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

    private Checked checkText(String text) {
        if (!Texts.isStorable(text)) {
            return Checked.bad(Texts.UNSTORABLE);
        }
        return Checked.good(attributes.containsKey("uuid") ? text.toLowerCase(Locale.ROOT) : text);
    }

    private Checked wrongType() {
        return Checked.bad(type.expected());
    }

    private Checked checkElements(List<?> list) {
        Collection<@Nullable Object> values =
                type == FieldType.SET ? new LinkedHashSet<>() : new ArrayList<>(list.size());
        @Nullable Object[] violations = new @Nullable Object[list.size()];
        int worst = -1;
        int bad = 0;
        for (int i = 0; i < list.size() && bad < RecordCheck.MAX_VIOLATIONS; i++) {
            Object element = list.get(i);
            Checked checked =
                    element == null ? elementMissing() : elementOrKey(elements).check(element);
            if (checked.violation() != null) {
                violations[i] = checked.violation();
                worst = i;
                bad++;
            } else {
                values.add(checked.value());
            }
        }
        return worst < 0
                ? Checked.good(new ArrayList<>(values))
                : Checked.bad(Arrays.asList(Arrays.copyOf(violations, worst + 1)));
    }

    private Checked elementMissing() {
        return Checked.bad(elementOrKey(elements).type.expected());
    }

    private Checked checkMap(Map<?, ?> map) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        Map<String, Object> violations = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            Checked checkedKey = elementOrKey(keys).check(key);
            Checked checked = checkedKey.violation() != null
                    ? checkedKey
                    : value == null ? elementMissing() : elementOrKey(elements).check(value);
            if (checked.violation() != null && violations.size() < RecordCheck.MAX_VIOLATIONS) {
                violations.put((String) key, checked.violation());
            } else if (checked.violation() == null) {
                values.put((String) key, checked.value());
            }
        });
        return violations.isEmpty() ? Checked.good(values) : Checked.bad(violations);
    }

    /** A reference is its id, or the key of the entity it means, which the store resolves. */
    private Checked checkReference(Map<?, ?> map) {
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

    private static Field elementOrKey(@Nullable Field field) {
        if (field == null) {
            throw new IllegalStateException("a collection field without an element type");
        }
        return field;
    }

    private static int size(Object value) {
        return value instanceof String text ? text.length() : ((List<?>) value).size();
    }

    /** The field as {@code /schemas} shows it (contract/deck.md §3). */
    public Map<String, Object> describe() {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("type", type.schemaName());
        attributes.forEach((attribute, value) -> {
            if (!INTERNAL.contains(attribute)) {
                description.put(attribute, value);
            }
        });
        if (type == FieldType.RECORD) {
            description.put(
                    "fields",
                    fields.stream()
                            .map(field -> Map.of(field.name, field.describe()))
                            .toList());
        }
        if (keys != null) {
            description.put("keys", keys.describe());
        }
        if (elements != null) {
            description.put(type == FieldType.MAP ? "values" : "elements", elements.describe());
        }
        return description;
    }
}
