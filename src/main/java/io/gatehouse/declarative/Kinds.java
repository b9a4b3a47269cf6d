package io.gatehouse.declarative;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists the entities of a file and how they nest. */
final class Kinds {
    /** All entities except tokens, which are not configuration. */
    static final List<EntitySchema> ALL = EntitySchemas.all().stream()
            .filter(schema -> !schema.equals(EntitySchemas.OAUTH2_TOKENS))
            .toList();

    private Kinds() {}

    /** Returns the field that references the parent; empty if the child cannot nest below it. */
    static Optional<Field> below(EntitySchema parent, EntitySchema child) {
        return child.references().stream()
                .filter(reference -> reference.reference().equals(parent.name()))
                // decK lists keys beside their sets.
                .filter(reference -> !child.equals(EntitySchemas.KEYS))
                .filter(reference -> reference.isCascading() || child.equals(EntitySchemas.ROUTES))
                .findFirst();
    }

    /**
     * Returns the children that a member lists, each as an entity. A list may have their keys instead, as the Admin API has the SNIs of
     * a certificate, and one without an entry may be null. Another value is returned as it is.
     */
    static @Nullable Object entities(EntitySchema parent, String member, @Nullable Object value) {
        if (value == null) {
            boolean isList = nested(parent, member, List.of()).isPresent();
            return isList ? List.of() : null;
        }
        String key = parent.field(member)
                .flatMap(Field::keysOf)
                .flatMap(EntitySchemas::find)
                .map(EntitySchema::key)
                .orElse(null);
        return key != null && value instanceof List<?> list
                ? list.stream()
                        .<Object>map(entry -> entry instanceof String ? Map.of(key, entry) : entry)
                        .toList()
                : value;
    }

    /** Returns the schema of the children that a member lists; empty if the member is a field of the entity. */
    static Optional<EntitySchema> nested(EntitySchema parent, String member, Object value) {
        boolean isList = value instanceof List<?> list && list.stream().allMatch(Map.class::isInstance);
        return isList
                ? ALL.stream()
                        .filter(child -> child.name().equals(member)
                                && below(parent, child).isPresent())
                        .findFirst()
                : Optional.empty();
    }
}
