package io.gatehouse.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Checks a reference: the id of an entity, or the value of one of its unique fields, which the store resolves. */
final class ReferenceCheck {
    private static final String ID = "id";
    private static final String MISSING_ID = "missing primary key";

    private ReferenceCheck() {}

    static Checked check(Field field, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            // In Kong, a text and a list are records without fields.
            boolean isWithoutFields = value instanceof String || value instanceof List<?>;
            return Checked.bad(
                    isWithoutFields ? Map.of(ID, MISSING_ID) : field.type().expected());
        }
        if (map.get(ID) instanceof String id && Texts.isUuid(id)) {
            return Checked.good(Map.of(ID, id.toLowerCase(Locale.ROOT)));
        }
        EntitySchema target = field.target().orElseThrow();
        Optional<Checked> named = map.get(ID) == null ? named(target, map) : Optional.empty();
        return named.orElseGet(() -> Checked.bad(violations(target, map)));
    }

    /** Returns the unique value that names an entity; empty if there is none, or none that an entity can have. */
    private static Optional<Checked> named(EntitySchema target, Map<?, ?> map) {
        for (Field unique : target.namingFields()) {
            Object value = map.get(unique.name());
            if (value != null && unique.accepts(value)) {
                return Optional.of(Checked.good(Map.of(unique.name(), value)));
            }
        }
        return Optional.empty();
    }

    /** Returns the violations of the members, or that of the missing id. */
    private static Map<String, Object> violations(EntitySchema target, Map<?, ?> map) {
        Map<String, Object> violations = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            Optional<Field> member = target.field((String) name);
            Object violation =
                    member.isPresent() ? ValueCheck.check(member.get(), value).violation() : "unknown field";
            if (violation != null && violations.size() < RecordCheck.MAX_VIOLATIONS) {
                violations.put((String) name, violation);
            }
        });
        return violations.isEmpty() ? Map.of(ID, map.containsKey(ID) ? ValueCheck.REQUIRED : MISSING_ID) : violations;
    }
}
