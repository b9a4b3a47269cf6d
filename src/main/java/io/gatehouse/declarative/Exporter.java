package io.gatehouse.declarative;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Exports the entities of a gateway as a file: nested, and without default values. */
public final class Exporter {
    private static final Set<EntitySchema> NOT_OF_KONG =
            Set.of(EntitySchemas.OAUTH2_METADATA, EntitySchemas.OAUTH2_SECRETS);

    private static final int ID_LENGTH = 36;

    private static final Set<String> KEPT_BY_THE_SERVER = Set.of("id", "created_at", "updated_at", "cert_digest");

    /** Lists what reads the file. */
    public enum Reader {
        GATEHOUSE,
        /** Kong, or decK. All ids are kept, and the fields that Kong does not have are left out. */
        KONG
    }

    private final AdminClient admin;
    private final Reader reader;
    private final Consumer<String> lost;

    /**
     * Creates an exporter.
     *
     * @param lost receives a line for each value that the reader does not get
     */
    public Exporter(AdminClient admin, Reader reader, Consumer<String> lost) {
        this.admin = admin;
        this.reader = reader;
        this.lost = lost;
    }

    /** Returns the text of the file. It contains all secrets of the gateway. */
    public String run() throws StateException {
        CurrentState current = CurrentState.read(admin, List.of());
        Set<String> named = namedByOthers(current);
        Map<String, Map<String, @Nullable Object>> written = new LinkedHashMap<>();
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put(StateFile.VERSION, "3.0");
        // Parents precede children, which are added to the output of their parent.
        for (EntitySchema schema : Kinds.ALL) {
            for (Entity entity : current.of(schema)) {
                if (reader == Reader.KONG && NOT_OF_KONG.contains(schema)) {
                    lost.accept(entity.label() + ": left out");
                    continue;
                }
                Map<String, @Nullable Object> fields = fields(entity, named.contains(entity.id()));
                reportSecret(entity);
                written.put(schema.name() + " " + entity.id(), fields);
                Map<String, @Nullable Object> place = parent(entity)
                        .map(field -> written.get(field.reference() + " " + entity.reference(field.name())))
                        .orElse(null);
                if (place == null) {
                    nameReferences(entity, fields);
                    list(state, schema).add(fields);
                } else {
                    parent(entity).ifPresent(field -> fields.remove(field.name()));
                    nameReferences(entity, fields);
                    list(place, schema).add(fields);
                }
            }
        }
        reportRegistered();
        return StateFile.write(state);
    }

    /** Reports the clients that have registered themselves, which lists leave out. */
    private void reportRegistered() throws StateException {
        int registered = admin.list(EntitySchemas.OAUTH2_CREDENTIALS, List.of(ClientMetadata.REGISTERED))
                .size();
        if (registered > 0) {
            lost.accept("oauth2_credentials: left out " + registered + " that have registered themselves");
        }
    }

    @SuppressWarnings("unchecked") // This class creates all values.
    private static List<Object> list(Map<String, @Nullable Object> place, EntitySchema schema) {
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

    /**
     * Returns the ids that other entities name: in a reference, unless they are nested below it, in a list such as
     * {@code ca_certificates}, or in the configuration of a plugin.
     */
    private static Set<String> namedByOthers(CurrentState current) {
        Set<String> named = new HashSet<>();
        for (EntitySchema schema : Kinds.ALL) {
            for (Entity entity : current.of(schema)) {
                Map<String, @Nullable Object> values = withoutId(entity.values());
                parent(entity).ifPresent(field -> values.remove(field.name()));
                addIds(values, named);
            }
        }
        return named;
    }

    /** Adds each text that may be an id. */
    private static void addIds(@Nullable Object value, Set<String> ids) {
        if (value instanceof String text && text.length() == ID_LENGTH) {
            ids.add(text);
        } else if (value instanceof List<?> list) {
            list.forEach(element -> addIds(element, ids));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(member -> addIds(member, ids));
        }
    }

    /** Writes the remaining references as decK does: the id alone. */
    private static void nameReferences(Entity entity, Map<String, @Nullable Object> fields) {
        for (Field reference : entity.schema().references()) {
            String id = entity.reference(reference.name());
            // decK's exception: the set of a key remains an object.
            if (id != null
                    && fields.containsKey(reference.name())
                    && !entity.schema().equals(EntitySchemas.KEYS)) {
                fields.put(reference.name(), id);
            }
        }
    }

    /** Reports a secret that is stored as a hash. Kong may hash the hash; a salted one is hashed again by every gateway. */
    private void reportSecret(Entity entity) {
        if (entity.schema().fields().stream().anyMatch(field -> field.saltedBy().isPresent())) {
            lost.accept(entity.label() + ": the password is a hash; set a new one in another gateway");
        }
        boolean isHashed = entity.schema()
                .hashedField()
                .filter(field -> entity.values().get(field.name()) instanceof String secret
                        && HashedSecret.parse(secret).isPresent())
                .isPresent();
        if (reader == Reader.KONG && isHashed) {
            lost.accept(entity.label() + ": the secret is a hash; set a new one");
        }
    }

    /** Returns the fields to write. An entity keeps its id if an import could not find it without, or if others name it. */
    private Map<String, @Nullable Object> fields(Entity entity, boolean isNamedByOthers) {
        EntitySchema schema = entity.schema();
        List<Field> fields = schema.fieldsFor(entity.values()).stream()
                .filter(field -> field.keysOf().isEmpty())
                .toList();
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        boolean isFound = CurrentState.isRecognisable(new Entity(schema, withoutId(entity.values())));
        if (reader == Reader.KONG || isNamedByOthers || !isFound) {
            kept.put("id", entity.id());
        }
        kept.putAll(notDefault(entity.label(), "", fields, entity.values()));
        return kept;
    }

    private static Map<String, @Nullable Object> withoutId(Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(values);
        rest.remove("id");
        return rest;
    }

    private Map<String, @Nullable Object> notDefault(String entity, String path, List<Field> fields, Map<?, ?> values) {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        for (Field field : fields) {
            Object value = values.get(field.name());
            if (KEPT_BY_THE_SERVER.contains(field.name())) {
                continue;
            }
            if (value == null) {
                // Absent, it would be the default.
                if (field.isKeepingNull() && values.containsKey(field.name())) {
                    kept.put(field.name(), null);
                }
                continue;
            }
            if (field.type() == FieldType.RECORD && value instanceof Map<?, ?> record) {
                Map<String, @Nullable Object> nested =
                        notDefault(entity, path + field.name() + ".", field.fields(), record);
                if (!nested.isEmpty()) {
                    kept.put(field.name(), nested);
                }
            } else if (!isImplied(field, fields, values)) {
                if (reader == Reader.KONG && field.isOurs()) {
                    lost.accept(entity + ": left out " + path + field.name());
                } else {
                    kept.put(field.name(), value);
                }
            }
        }
        return kept;
    }

    /** Returns whether an import sets the value if the file lacks it: the default, unless another field determines the value. */
    private static boolean isImplied(Field field, List<Field> fields, Map<?, ?> values) {
        boolean isDetermined = field.follows()
                .flatMap(name -> fields.stream()
                        .filter(other -> other.name().equals(name))
                        .findFirst())
                .filter(other -> !isDefault(other, values))
                .isPresent();
        return !isDetermined && isDefault(field, values);
    }

    private static boolean isDefault(Field field, Map<?, ?> values) {
        return Objects.equals(
                Plain.of(values.get(field.name())), Plain.of(field.attributes().get("default")));
    }
}
