package io.gatehouse.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Declares one field of an entity. Validation, error texts, form conversion, {@code /schemas} and the SQL column are derived from
 * its type, default and constraints.
 *
 * <p><i>Invariant</i>: immutable. Each method that adds an attribute returns a new field.
 */
public final class Field extends FieldTraits {
    private final String name;
    private final FieldType type;
    private final Nested nested;
    private final @Nullable Supplier<Object> generator;

    private Field(
            String name,
            FieldType type,
            Map<String, Object> attributes,
            List<Function<Object, @Nullable Object>> checks,
            Nested nested,
            @Nullable Supplier<Object> generator) {
        super(attributes, checks);
        this.name = name;
        this.type = type;
        this.nested = nested;
        this.generator = generator;
    }

    /** Holds the fields of a record and its rules, the key and element fields of a map, array or set, or the referenced entity. */
    private record Nested(
            List<Field> fields,
            List<EntityCheck> rules,
            @Nullable Field keys,
            @Nullable Field elements,
            @Nullable Supplier<EntitySchema> target) {
        static final Nested NONE = ofElements(null, null);

        static Nested ofElements(@Nullable Field keys, @Nullable Field elements) {
            return new Nested(List.of(), List.of(), keys, elements, null);
        }
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
        return of(name, FieldType.ARRAY, Nested.ofElements(null, elements));
    }

    public static Field set(String name, Field elements) {
        return of(name, FieldType.SET, Nested.ofElements(null, elements));
    }

    public static Field map(String name, Field keys, Field values) {
        return of(name, FieldType.MAP, Nested.ofElements(keys, values));
    }

    public static Field record(String name, Field... fields) {
        return of(name, FieldType.RECORD, new Nested(List.of(fields), List.of(), null, null, null));
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
        return new Field(name, type, with("auto", true).attributes(), checks(), nested, newGenerator);
    }

    /** The server generates the value if the client omits it and sets the flag. */
    public Field autoIf(String flag, Supplier<Object> newGenerator) {
        return auto(newGenerator).with("auto_if", flag);
    }

    /** A record that rules over several of its fields restrict. */
    public Field checkedBy(List<EntityCheck> rules) {
        List<Map<String, Object>> descriptions = rules.stream()
                .map(EntityCheck::description)
                .filter(description -> !description.isEmpty())
                .toList();
        return rules.isEmpty()
                ? this
                : with("entity_checks", descriptions)
                        .withNested(new Nested(nested.fields(), List.copyOf(rules), null, null, null));
    }

    /** A reference knows the entities that it can name. */
    Field to(Supplier<EntitySchema> target) {
        return withNested(new Nested(List.of(), List.of(), null, null, target));
    }

    private Field withNested(Nested newNested) {
        return new Field(name, type, attributes(), checks(), newNested, generator);
    }

    /** Returns whether the value, or a value nested in it, can be a reference. */
    public boolean canContainReference() {
        return isReferenceable()
                || nested.fields().stream().anyMatch(Field::canContainReference)
                || (nested.elements() != null && nested.elements().canContainReference());
    }

    /** Returns whether the value, or a value nested in it, can be a secret or a reference to one. */
    public boolean canContainSecret() {
        return isSecret()
                || nested.fields().stream().anyMatch(Field::canContainSecret)
                || (nested.elements() != null && nested.elements().canContainSecret());
    }

    /**
     * Lists the keys of the entities that reference this one. Writing the list creates and deletes them in the same transaction.
     * A patch without the list leaves them unchanged.
     */
    public static Field keysOf(String children, Field key) {
        return set(children, key).auto(List::of).with("keys_of", children);
    }

    /** Lists the ids of other entities, which must exist and cannot be deleted while they are listed. */
    public static Field idsOf(String name, String entities) {
        return array(name, element().uuid()).with("ids_of", entities);
    }

    /** Returns whether a value of the field's type passes the checks. */
    public boolean accepts(Object value) {
        return ValueCheck.check(this, value).violation() == null;
    }

    public Field named(String newName) {
        return new Field(newName, type, attributes(), checks(), nested, generator);
    }

    @Override
    Field with(String attribute, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(attributes());
        more.put(attribute, value);
        return new Field(name, type, more, checks(), nested, generator);
    }

    @Override
    Field withChecks(List<Function<Object, @Nullable Object>> others) {
        return new Field(name, type, attributes(), others, nested, generator);
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

    /** Returns the rules over several fields of a record. */
    List<EntityCheck> rules() {
        return nested.rules();
    }

    /** Returns the entity that a reference names; empty if the declaration of the reference stands alone. */
    Optional<EntitySchema> target() {
        return Optional.ofNullable(nested.target()).map(Supplier::get);
    }

    /** Returns the element field of an array, set or map. */
    public Optional<Field> elements() {
        return Optional.ofNullable(nested.elements());
    }

    /** Returns whether a client may omit the value or set it to null. */
    public boolean isOmittable() {
        return !isRequired() || isAuto() || attributes().containsKey("default") || type == FieldType.RECORD;
    }

    /** Returns the key field of a map. */
    public Optional<Field> keys() {
        return Optional.ofNullable(nested.keys());
    }

    /** Returns the value for an absent one: generated, the default, a record of defaults, or null. */
    @Nullable
    Object absent() {
        if (generator != null) {
            return generator.get();
        }
        if (attributes().containsKey("default")) {
            return attributes().get("default");
        }
        return type == FieldType.RECORD && isRequired() ? Map.of() : null;
    }

    /** Describes the field for {@code /schemas} (docs/reference/deck.md#schemas). */
    public Map<String, @Nullable Object> describe() {
        return FieldDescription.of(this, attributes());
    }
}
