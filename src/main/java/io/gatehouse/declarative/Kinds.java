package io.gatehouse.declarative;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which entities are configuration, and how they nest in a file. */
final class Kinds {
    /** Tokens come and go by themselves: they are no configuration. */
    static final List<EntitySchema> ALL = EntitySchemas.all().stream()
            .filter(schema -> !schema.equals(EntitySchemas.OAUTH2_TOKENS))
            .toList();

    private Kinds() {}

    /** The field through which entities of a kind stand below one of another; empty when they cannot. */
    static Optional<Field> below(EntitySchema parent, EntitySchema child) {
        return child.references().stream()
                .filter(reference -> reference.reference().equals(parent.name()))
                .filter(reference -> reference.isCascading() || child.equals(EntitySchemas.ROUTES))
                .findFirst();
    }

    /** The kind that a member of an entity in a file lists, unless the member is one of its own fields. */
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
