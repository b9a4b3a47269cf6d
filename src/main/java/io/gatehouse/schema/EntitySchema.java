package io.gatehouse.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Declares an entity. The endpoints of the Admin API, validation, defaults, error texts, {@code /schemas} and the SQL of the store
 * are derived from it.
 *
 * @param name of the table and in errors, such as {@code oauth2_credentials}
 * @param path the collection's path in the Admin API, such as {@code oauth2}
 * @param nestedPath the collection's path below another entity
 * @param key the field that can replace the id in a path; null if there is none
 * @param fields all fields in the order of responses
 * @param checks rules over several fields
 * @param uniqueTogether fields whose combination is unique; empty if there is no such rule
 * @param expand rewrites write-only shorthands (such as {@code url}) into the fields that they set
 * @param refine adds rules that depend on the document, such as the schema of a plugin's {@code config}
 * @param isInCatalog whether the data path uses it, so that a change makes a new catalog version
 * @param revokesTokens whether deleting one revokes access tokens, which {@code gatehouse_revocations_total} counts
 */
public record EntitySchema(
        String name,
        String path,
        String nestedPath,
        @Nullable String key,
        List<Field> fields,
        List<EntityCheck> checks,
        List<String> uniqueTogether,
        UnaryOperator<Map<String, @Nullable Object>> expand,
        BiFunction<List<Field>, Map<String, @Nullable Object>, List<Field>> refine,
        boolean isInCatalog,
        boolean revokesTokens) {

    public EntitySchema {
        fields = List.copyOf(fields);
        checks = List.copyOf(checks);
        uniqueTogether = List.copyOf(uniqueTogether);
    }

    /** Declares an entity whose paths are its name. */
    public static EntitySchema of(String name, @Nullable String key, List<Field> fields, EntityCheck... checks) {
        return new EntitySchema(
                name, name, name, key, fields, List.of(checks), List.of(), map -> map, (all, map) -> all, true, false);
    }

    public EntitySchema at(String newPath, String newNestedPath) {
        return new EntitySchema(
                name,
                newPath,
                newNestedPath,
                key,
                fields,
                checks,
                uniqueTogether,
                expand,
                refine,
                isInCatalog,
                revokesTokens);
    }

    public EntitySchema uniqueTogether(String... names) {
        return new EntitySchema(
                name,
                path,
                nestedPath,
                key,
                fields,
                checks,
                List.of(names),
                expand,
                refine,
                isInCatalog,
                revokesTokens);
    }

    public EntitySchema expandedBy(UnaryOperator<Map<String, @Nullable Object>> shorthand) {
        return new EntitySchema(
                name,
                path,
                nestedPath,
                key,
                fields,
                checks,
                uniqueTogether,
                shorthand,
                refine,
                isInCatalog,
                revokesTokens);
    }

    public EntitySchema refinedBy(BiFunction<List<Field>, Map<String, @Nullable Object>, List<Field>> refinement) {
        return new EntitySchema(
                name,
                path,
                nestedPath,
                key,
                fields,
                checks,
                uniqueTogether,
                expand,
                refinement,
                isInCatalog,
                revokesTokens);
    }

    public EntitySchema outsideCatalog() {
        return new EntitySchema(
                name, path, nestedPath, key, fields, checks, uniqueTogether, expand, refine, false, revokesTokens);
    }

    public EntitySchema revokingTokens() {
        return new EntitySchema(
                name, path, nestedPath, key, fields, checks, uniqueTogether, expand, refine, isInCatalog, true);
    }

    public Optional<Field> field(String fieldName) {
        return fields.stream().filter(field -> field.name().equals(fieldName)).findFirst();
    }

    /** Returns the fields of one document. The fields of a plugin's {@code config} depend on the plugin's name. */
    public List<Field> fieldsFor(Map<String, @Nullable Object> document) {
        return refine.apply(fields, document);
    }

    /** Returns the fields that reference other entities. */
    public List<Field> references() {
        return fields.stream()
                .filter(field -> field.type() == FieldType.FOREIGN)
                .toList();
    }

    /** Returns the fields by which a reference can name an entity: unique ones, except tokens. */
    public List<Field> namingFields() {
        return fields.stream()
                .filter(field -> field.isUnique() && !field.isDigested())
                .toList();
    }

    /** Returns the fields whose values the server generates if a client sets none. A stored entity never lacks them. */
    public List<Field> generatedFields() {
        return fields.stream()
                .filter(field -> field.isAuto() && !field.isRequired() && !field.isOfServer())
                .filter(field -> field.keysOf().isEmpty())
                .toList();
    }

    /** Returns the field whose value is stored as a hash if another field demands it. */
    public Optional<Field> hashedField() {
        return fields.stream().filter(field -> field.hashedIf().isPresent()).findFirst();
    }

    /** Returns the schema whose references know the entities that they name. */
    public EntitySchema linkedBy(Function<String, Optional<EntitySchema>> entities) {
        List<Field> linked = fields.stream()
                .map(field -> field.type() == FieldType.FOREIGN
                        ? field.to(() -> entities.apply(field.reference()).orElseThrow())
                        : field)
                .toList();
        return new EntitySchema(
                name,
                path,
                nestedPath,
                key,
                linked,
                checks,
                uniqueTogether,
                expand,
                refine,
                isInCatalog,
                revokesTokens);
    }

    /**
     * Checks a whole entity, expands its shorthands and fills in absent fields.
     *
     * @throws SchemaViolation with all violations
     */
    public Document check(Map<String, @Nullable Object> given) {
        Map<String, @Nullable Object> expanded = expand.apply(given);
        List<Field> own = fieldsFor(expanded);
        Checked checked = RecordCheck.check(own, expanded);
        Map<String, Object> violations = new LinkedHashMap<>();
        // Only a shorthand may set a hidden field.
        fields.stream()
                .filter(field -> field.isHidden() && given.containsKey(field.name()))
                .forEach(field -> violations.put(field.name(), "unknown field"));
        if (checked.violation() != null) {
            violations.putAll(record(checked.violation()));
        }
        for (Field field : own) {
            Object violation = field.hidesOthers() ? violations.get(field.name()) : null;
            if (violation != null) {
                throw new SchemaViolation(Map.of(field.name(), violation));
            }
        }
        Map<String, @Nullable Object> values = record(checked.value());
        Object all = EntityCheck.violations(checks, new Candidate(new Document(values), violations));
        if (all != null) {
            throw new SchemaViolation(record(all));
        }
        fields.stream().filter(Field::isWriteOnly).forEach(field -> values.remove(field.name()));
        return new Document(values);
    }

    /**
     * Checks a changed entity as {@link #check}.
     *
     * @throws SchemaViolation with all violations, in the words that Kong has for a change
     */
    public Document checkChange(Map<String, @Nullable Object> changed) {
        try {
            return check(changed);
        } catch (SchemaViolation violation) {
            throw violation.ofChange();
        }
    }

    /** Runs checks. Returns null, or the violations in the shape of {@link EntityCheck#check}. */
    public static @Nullable Object broken(List<EntityCheck> checks, Document document) {
        return EntityCheck.violations(checks, new Candidate(document, Map.of()));
    }

    @SuppressWarnings("unchecked") // Made by RecordCheck and EntityCheck, whose keys are field names.
    private static Map<String, @Nullable Object> record(@Nullable Object value) {
        return value == null ? new LinkedHashMap<>() : (Map<String, @Nullable Object>) value;
    }

    /** Returns why no entity can have a text as its unique key; null if one can, or if there is no such key. */
    public @Nullable Object keyViolation(String text) {
        Field unique = key == null ? null : field(key).filter(Field::isUnique).orElse(null);
        return unique == null ? null : ValueCheck.check(unique, text).violation();
    }

    /** Returns the response body of {@code GET /schemas/<name>} (docs/reference/deck.md#schemas). */
    public Map<String, Object> describe() {
        return describe(fields, checks);
    }

    public static Map<String, Object> describe(List<Field> fields, List<EntityCheck> checks) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put(
                "fields",
                fields.stream()
                        .filter(field -> !field.isWriteOnly() && !field.isHidden())
                        // Kong declares the lifetime outside of the fields.
                        .filter(field -> field.secondsUntil().isEmpty())
                        .map(field -> Map.of(field.name(), field.describe()))
                        .toList());
        description.put(
                "entity_checks",
                checks.stream()
                        .map(EntityCheck::description)
                        .filter(shown -> !shown.isEmpty())
                        .toList());
        return description;
    }

    /** Whether the key of a child finds an entity, as an SNI finds its certificate. */
    public boolean isFoundByChild() {
        return key() == null
                && fields().stream().anyMatch(field -> field.keysOf().isPresent());
    }

    /**
     * Whether nothing but its id finds an entity.
     *
     * @param isBelowParent whether a key that is unique among the children of one parent finds it
     */
    public boolean isFoundByIdAlone(boolean isBelowParent) {
        String key = key();
        return key == null
                ? !isFoundByChild()
                : !isBelowParent && !field(key).orElseThrow().isUnique();
    }
}
