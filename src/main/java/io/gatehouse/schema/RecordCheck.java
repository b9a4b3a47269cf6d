package io.gatehouse.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks the fields of an entity or a nested record, rejects unknown ones and fills in absent ones. In place of an invalid value, the
 * result has the one that the client sent.
 */
final class RecordCheck {
    /** Limits the size of the error response. */
    static final int MAX_VIOLATIONS = 1_000;

    private RecordCheck() {}

    static Checked check(List<Field> fields, Map<?, ?> given) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        Map<String, Object> violations = new LinkedHashMap<>();
        for (Field field : fields) {
            Object value = given.get(field.name());
            boolean isUnset =
                    value == null && (field.isRequired() || field.isKeepingNull()) && given.containsKey(field.name());
            // An explicit null resets an optional field to its default, unless it has a meaning. A required one is
            // missing then.
            Checked checked = ValueCheck.check(field, value == null && !isUnset ? absent(field, given) : value);
            if (checked.violation() == null) {
                values.put(field.name(), checked.value());
            } else {
                values.put(field.name(), checked.value() == null ? value : checked.value());
                violations.put(field.name(), checked.violation());
            }
        }
        for (Object name : given.keySet()) {
            if (violations.size() >= MAX_VIOLATIONS) {
                break;
            }
            if (!values.containsKey((String) name) && !violations.containsKey((String) name)) {
                violations.put((String) name, "unknown field");
            }
        }
        return new Checked(values, violations.isEmpty() ? null : violations);
    }

    private static @Nullable Object absent(Field field, Map<?, ?> given) {
        return field.autoIf().isEmpty()
                        || Boolean.TRUE.equals(given.get(field.autoIf().get()))
                ? field.absent()
                : null;
    }
}
