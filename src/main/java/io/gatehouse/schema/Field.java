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
public final class Field extends FieldConstraints {
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
        return new Field(name, type, with("auto", true).attributes(), checks(), nested, newGenerator);
    }

    /** The server generates the value if the client omits it and sets the flag. */
    public Field autoIf(String flag, Supplier<Object> newGenerator) {
        return auto(newGenerator).with("auto_if", flag);
    }

    /** The value is a time in seconds since the epoch. */
    public Field timestamp() {
        return with("timestamp", true);
    }

    /** A record that rules over several of its fields restrict. */
    @SuppressWarnings("unchecked") // The value is checked as a record before.
    public Field checkedBy(List<EntityCheck> rules) {
        return rules.isEmpty()
                ? this
                : with(
                                "entity_checks",
                                rules.stream()
                                        .map(EntityCheck::description)
                                        .filter(description -> !description.isEmpty())
                                        .toList())
                        .check(value -> EntityCheck.broken(rules, new Document((Map<String, @Nullable Object>) value)));
    }

    /** The value can be a reference to a secret in a vault ({@code io.gatehouse.syntax.VaultReference}). */
    public Field referenceable() {
        return with("referenceable", true);
    }

    /** Returns whether the value, or a value nested in it, can be a reference. */
    public boolean canContainReference() {
        return isReferenceable()
                || nested.fields().stream().anyMatch(Field::canContainReference)
                || (nested.elements() != null && nested.elements().canContainReference());
    }

    /** The value is a secret, or a text that can contain one. The audit trail has no value of it. */
    public Field secret() {
        return with("secret", true);
    }

    /** Returns whether the value, or a value nested in it, can be a secret or a reference to one. */
    public boolean canContainSecret() {
        return isSecret()
                || nested.fields().stream().anyMatch(Field::canContainSecret)
                || (nested.elements() != null && nested.elements().canContainSecret());
    }

    /** The value is stored as a SHA-256 digest. Only the response to its write, or to a request that names it, shows it. */
    public Field digested() {
        return with("digested", true);
    }

    /** The value is hashed before it is stored if the flag is set. Only the response that generates it shows the plain value. */
    public Field hashedIf(String flag) {
        return with("hashed_if", flag);
    }

    /** The value is hashed with the id of an entity before it is stored, as the credentials of basic-auth are in Kong. */
    public Field saltedBy(String reference) {
        return with("salted_by", reference);
    }

    /** If a given text is invalid, no other field is checked: which ones the entity has depends on it. */
    public Field decisive() {
        return with("decisive", true);
    }

    /** Kong does not have the field. */
    public Field ours() {
        return with("ours", true);
    }

    /** An explicit null is stored, and is not the default. */
    public Field keepsNull() {
        return with("keeps_null", true);
    }

    /** A list can be filtered by the value, as a query parameter. */
    public Field filterable() {
        return with("filterable", true);
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

    /** The gateway stores the value for itself. Clients neither see nor set it. */
    public Field hidden() {
        return with("hidden", true);
    }

    /** A patch of the other field determines this one unless it contains both. */
    public Field follows(String other) {
        return with("follows", other);
    }

    /** A write of the other field sets this hidden one to null. */
    public Field resetBy(String other) {
        return hidden().with("reset_by", other);
    }

    /** The field is accepted on write, and neither stored nor shown. */
    public Field writeOnly() {
        return with("write_only", true);
    }

    /** The field has no column: responses show the seconds until the time in a hidden field, or null. */
    public Field secondsUntil(String time) {
        return with("seconds_until", time);
    }

    /** The field is accepted on write in place of others, which it sets whatever their values are. */
    public Field standsFor(String... fields) {
        return writeOnly().with("stands_for", List.of(fields));
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
