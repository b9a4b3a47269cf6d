package io.gatehouse.declarative;

import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Holds the entities of the gateway. */
final class CurrentState {
    private final Map<String, List<Entity>> byKind = new LinkedHashMap<>();
    private final Map<String, Entity> byId = new HashMap<>();
    private final Map<List<@Nullable Object>, Entity> byIdentity = new HashMap<>();

    static CurrentState read(AdminClient admin, List<String> tags) throws StateException {
        CurrentState state = new CurrentState();
        for (EntitySchema schema : Kinds.ALL) {
            List<Entity> entities = admin.list(schema, tags);
            state.byKind.put(schema.name(), entities);
            for (Entity entity : entities) {
                state.byId.put(schema.name() + " " + entity.id(), entity);
                identities(entity).forEach(identity -> state.byIdentity.put(identity, entity));
                alternatives(entity).forEach(identity -> state.byIdentity.put(identity, entity));
            }
        }
        return state;
    }

    List<Entity> of(EntitySchema schema) {
        return byKind.getOrDefault(schema.name(), List.of());
    }

    Optional<Entity> byId(EntitySchema schema, String id) {
        return Optional.ofNullable(byId.get(schema.name() + " " + id));
    }

    Optional<Entity> byKey(EntitySchema schema, String key) {
        return Optional.ofNullable(byIdentity.get(List.of(schema.name(), key)));
    }

    /** Returns the entity with the same id, or else with the same identifying values. */
    Optional<Entity> same(Entity wanted) {
        if (wanted.values().get("id") instanceof String id) {
            return byId(wanted.schema(), id);
        }
        return found(identities(wanted))
                .findFirst()
                // Entities with different keys are different, even if a unique value moves from one to the other.
                .or(() -> found(alternatives(wanted))
                        .filter(found -> !hasKey(wanted) || !hasKey(found))
                        .findFirst());
    }

    private Stream<Entity> found(List<List<@Nullable Object>> identities) {
        return identities.stream().map(byIdentity::get).filter(Objects::nonNull).map(Objects::requireNonNull);
    }

    /** Returns whether the next import can recognise an entity. */
    static boolean isRecognisable(Entity wanted) {
        return wanted.values().get("id") instanceof String
                || !identities(wanted).isEmpty()
                || !alternatives(wanted).isEmpty();
    }

    /** Returns the identifying values of an entity: its key, its fields that are unique together, or its certificate. */
    static List<List<@Nullable Object>> identities(Entity entity) {
        EntitySchema schema = entity.schema();
        List<List<@Nullable Object>> identities = new ArrayList<>();
        if (hasKey(entity) && entity.values().get(schema.key()) instanceof String key) {
            identities.add(List.of(schema.name(), key));
        }
        if (!schema.uniqueTogether().isEmpty()) {
            List<@Nullable Object> together = new ArrayList<>(List.of(schema.name()));
            for (String field : schema.uniqueTogether()) {
                String reference = entity.reference(field);
                together.add(reference == null ? entity.values().get(field) : reference);
            }
            identities.add(together);
        } else if (schema.key() == null && entity.values().get("cert") instanceof String cert) {
            identities.add(List.of(schema.name(), cert.strip()));
        }
        return identities;
    }

    /** Returns whether the entity has a key that no other of its kind has. */
    private static boolean hasKey(Entity entity) {
        String key = entity.schema().key();
        return key != null
                && entity.schema().field(key).orElseThrow().isUnique()
                && entity.values().get(key) instanceof String;
    }

    /** Returns the unique values beside the key, such as a Consumer's {@code custom_id}. */
    private static List<List<@Nullable Object>> alternatives(Entity entity) {
        EntitySchema schema = entity.schema();
        List<List<@Nullable Object>> alternatives = new ArrayList<>();
        for (Field field : schema.fields()) {
            boolean isOther = field.isUnique() && !field.name().equals(schema.key());
            if (isOther && entity.values().get(field.name()) instanceof String value) {
                alternatives.add(List.of(schema.name(), field.name(), value));
            }
        }
        return alternatives;
    }
}
