package io.gatehouse.declarative;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntityId;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.SchemaViolation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds the entities of a file, without nesting, each with its id and with references by id. */
final class WantedState {
    private final CurrentState current;
    private final List<String> selectTags;
    private final Map<String, List<Entity>> byKind = new LinkedHashMap<>();
    private final Map<List<String>, String> idByKey = new HashMap<>();
    private final Set<List<String>> ids = new HashSet<>();
    private final Set<List<@Nullable Object>> identities = new HashSet<>();

    private WantedState(CurrentState current, List<String> selectTags) {
        this.current = current;
        this.selectTags = selectTags;
    }

    static WantedState of(Map<String, @Nullable Object> file, CurrentState current) throws StateException {
        WantedState wanted = new WantedState(current, StateFile.selectTags(file));
        for (String member : file.keySet()) {
            if (!member.startsWith("_")
                    && Kinds.ALL.stream().noneMatch(kind -> kind.name().equals(member))) {
                throw new StateException("there is no kind of entity called '" + member + "'");
            }
        }
        // Referenced entities first, so that their ids are available.
        for (EntitySchema schema : Kinds.ALL) {
            wanted.addAll(schema, file.get(schema.name()), null, null);
        }
        return wanted;
    }

    List<Entity> of(EntitySchema schema) {
        return byKind.getOrDefault(schema.name(), List.of());
    }

    private void addAll(EntitySchema schema, @Nullable Object list, @Nullable Field reference, @Nullable String parent)
            throws StateException {
        if (list == null) {
            return;
        }
        if (!(list instanceof List<?> entries)) {
            throw new StateException(schema.name() + " must be a list");
        }
        for (Object entry : entries) {
            if (!(entry instanceof Map<?, ?> map)) {
                throw new StateException("each of " + schema.name() + " must have fields");
            }
            add(schema, map, reference, parent);
        }
    }

    private void add(EntitySchema schema, Map<?, ?> entry, @Nullable Field reference, @Nullable String parent)
            throws StateException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        Map<EntitySchema, Object> children = new LinkedHashMap<>();
        for (Map.Entry<?, ?> member : entry.entrySet()) {
            String name = String.valueOf(member.getKey());
            Object value = Kinds.entities(schema, name, member.getValue());
            EntitySchema child =
                    value == null ? null : Kinds.nested(schema, name, value).orElse(null);
            if (child == null) {
                values.put(name, value);
            } else {
                children.put(child, value);
            }
        }
        if (reference != null && parent != null) {
            values.put(reference.name(), Map.of("id", parent));
        }
        values.computeIfPresent("id", (name, id) -> id instanceof String text ? EntityId.normal(text) : id);
        resolveReferences(schema, values);
        Entity entity = identified(new Entity(schema, schema.expand().apply(tagged(schema, values))));
        byKind.computeIfAbsent(schema.name(), kind -> new ArrayList<>()).add(entity);
        for (Map.Entry<EntitySchema, Object> child : children.entrySet()) {
            addAll(
                    child.getKey(),
                    child.getValue(),
                    Kinds.below(schema, child.getKey()).orElseThrow(),
                    entity.id());
        }
    }

    private Map<String, @Nullable Object> tagged(EntitySchema schema, Map<String, @Nullable Object> values) {
        if (!selectTags.isEmpty() && schema.field("tags").isPresent()) {
            Set<Object> tags = new LinkedHashSet<>();
            if (values.get("tags") instanceof List<?> own) {
                tags.addAll(own);
            }
            tags.addAll(selectTags);
            values.put("tags", new ArrayList<>(tags));
        }
        return values;
    }

    /** Returns the entity with its existing or a new id. */
    private Entity identified(Entity entity) throws StateException {
        requireRecognisable(entity);
        String id = current.same(entity)
                .map(Entity::id)
                .orElseGet(() -> entity.values().get("id") instanceof String given
                        ? given
                        : UUID.randomUUID().toString());
        boolean isNew = ids.add(List.of(entity.schema().name(), id));
        if (!(entity.values().get("id") instanceof String)) {
            for (List<@Nullable Object> identity : CurrentState.identities(entity)) {
                isNew &= identities.add(identity);
            }
        }
        if (!isNew) {
            throw new StateException("two entries describe the same entity: " + entity.label());
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>(entity.values());
        values.put("id", id);
        if (entity.schema().key() != null && values.get(entity.schema().key()) instanceof String key) {
            idByKey.put(List.of(entity.schema().name(), key), id);
        }
        return new Entity(entity.schema(), values);
    }

    /**
     * Rejects an entity without an id and a unique value, although it may have none or gets a generated one.
     *
     * <p><i>Why</i>: the next import would create another one and delete this one, with the key that clients have.
     */
    private static void requireRecognisable(Entity entity) throws StateException {
        EntitySchema schema = entity.schema();
        boolean isOptional = schema.key() != null
                && !schema.field(schema.key()).orElseThrow().isRequired();
        if (isOptional && !CurrentState.isRecognisable(entity)) {
            String names = schema.namingFields().stream().map(Field::name).collect(Collectors.joining(", "));
            throw new StateException("each of " + schema.name() + " needs " + names
                    + " or id, or the next import would not recognise it");
        }
    }

    /** Replaces {@code service: x} and {@code service: {name: x}} by {@code service: {id: …}}, with or without other members. */
    private void resolveReferences(EntitySchema schema, Map<String, @Nullable Object> values) throws StateException {
        for (Field reference : schema.references()) {
            Object value = values.get(reference.name());
            if (value instanceof Map<?, ?> map && !(map.get("id") instanceof String)) {
                String key =
                        EntitySchemas.find(reference.reference()).orElseThrow().key();
                value = map.size() == 1
                        ? map.values().iterator().next()
                        : map.get(key) instanceof String ? map.get(key) : map;
            }
            if (value instanceof String text) {
                values.put(reference.name(), Map.of("id", idOf(reference, text)));
            } else if (value instanceof Map<?, ?> map && map.get("id") instanceof String id) {
                values.put(reference.name(), Map.of("id", EntityId.normal(id)));
            }
        }
    }

    private String idOf(Field reference, String idOrKey) throws StateException {
        EntitySchema target = EntitySchemas.find(reference.reference()).orElseThrow();
        String wanted = idByKey.get(List.of(target.name(), idOrKey));
        if (wanted != null) {
            return wanted;
        }
        String id = EntityId.normal(idOrKey);
        if (ids.contains(List.of(target.name(), id))) {
            return id;
        }
        return current.byKey(target, idOrKey)
                .or(() -> current.byId(target, id))
                .map(Entity::id)
                .orElseThrow(() -> new StateException(
                        "'" + idOrKey + "' is none of the " + target.name() + " (in " + reference.name() + ")"));
    }

    /** Describes the violations of an entity as the Admin API does. */
    static StateException violation(Entity entity, SchemaViolation violation) {
        return new StateException(entity.label() + ": " + violation.getMessage());
    }
}
