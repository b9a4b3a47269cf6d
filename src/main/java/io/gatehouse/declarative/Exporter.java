package io.gatehouse.declarative;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Exports the entities of a gateway as a file: nested, and without default values. */
public final class Exporter {
    private static final Set<String> KEPT_BY_THE_SERVER = Set.of("id", "created_at", "updated_at", "cert_digest");

    private final AdminClient admin;

    public Exporter(AdminClient admin) {
        this.admin = admin;
    }

    /** Returns the text of the file. It contains all secrets of the gateway. */
    public String run() throws StateException {
        CurrentState current = CurrentState.read(admin, List.of());
        Map<String, Map<String, Object>> written = new LinkedHashMap<>();
        Map<String, Object> state = new LinkedHashMap<>();
        state.put(StateFile.VERSION, "3.0");
        // Parents precede children, which are added to the output of their parent.
        for (EntitySchema schema : Kinds.ALL) {
            for (Entity entity : current.of(schema)) {
                Map<String, Object> fields = fields(entity);
                written.put(schema.name() + " " + entity.id(), fields);
                Map<String, Object> place = parent(entity)
                        .map(field -> written.get(field.reference() + " " + entity.reference(field.name())))
                        .orElse(null);
                if (place == null) {
                    nameReferences(entity, fields, written);
                    list(state, schema).add(fields);
                } else {
                    parent(entity).ifPresent(field -> fields.remove(field.name()));
                    list(place, schema).add(fields);
                }
            }
        }
        return StateFile.write(state);
    }

    /**
     * Replaces references by id with references by key, because the file contains no id of an entity that has a key. decK's form is
     * an object for the set of a key, and a text for all others.
     */
    private static void nameReferences(
            Entity entity, Map<String, Object> fields, Map<String, Map<String, Object>> written) {
        for (Field field : entity.schema().references()) {
            Map<String, Object> target = written.get(field.reference() + " " + entity.reference(field.name()));
            String key =
                    EntitySchemas.find(field.reference()).map(EntitySchema::key).orElse(null);
            if (target != null && key != null && target.get(key) instanceof String name && !target.containsKey("id")) {
                fields.put(field.name(), entity.schema().equals(EntitySchemas.KEYS) ? Map.of(key, name) : name);
            }
        }
    }

    @SuppressWarnings("unchecked") // This class creates all values.
    private static List<Object> list(Map<String, Object> place, EntitySchema schema) {
        return (List<Object>) place.computeIfAbsent(schema.name(), name -> new ArrayList<>());
    }

    /** Returns the reference to the parent of an entity; empty if there is none or more than one. */
    private static Optional<Field> parent(Entity entity) {
        List<Field> given = entity.schema().references().stream()
                .filter(field -> entity.reference(field.name()) != null)
                .toList();
        return given.size() == 1
                ? Kinds.ALL.stream()
                        .filter(kind -> kind.name().equals(given.get(0).reference()))
                        .flatMap(kind -> Kinds.below(kind, entity.schema()).stream())
                        .findFirst()
                : Optional.empty();
    }

    private static Map<String, Object> fields(Entity entity) {
        EntitySchema schema = entity.schema();
        List<Field> fields = schema.fieldsFor(entity.values()).stream()
                .filter(field -> field.keysOf().isEmpty())
                .toList();
        Map<String, Object> kept = new LinkedHashMap<>();
        // Without a name, the next import recognises the entity by its id.
        boolean isNamed = CurrentState.isRecognisable(new Entity(schema, withoutId(entity.values())));
        if (!isNamed) {
            kept.put("id", entity.id());
        }
        kept.putAll(notDefault(fields, entity.values()));
        return kept;
    }

    private static Map<String, @Nullable Object> withoutId(Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(values);
        rest.remove("id");
        return rest;
    }

    private static Map<String, Object> notDefault(List<Field> fields, Map<?, ?> values) {
        Map<String, Object> kept = new LinkedHashMap<>();
        for (Field field : fields) {
            Object value = values.get(field.name());
            if (value == null || KEPT_BY_THE_SERVER.contains(field.name())) {
                continue;
            }
            if (field.type() == FieldType.RECORD && value instanceof Map<?, ?> record) {
                Map<String, Object> nested = notDefault(field.fields(), record);
                if (!nested.isEmpty()) {
                    kept.put(field.name(), nested);
                }
            } else if (!Objects.equals(
                    Plain.of(value), Plain.of(field.describe().get("default")))) {
                kept.put(field.name(), value);
            }
        }
        return kept;
    }
}
