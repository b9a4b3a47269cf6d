package io.gatehouse.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rejects a document with all violations of its schema (docs/reference/admin-api.md#errors, code 2). */
public final class SchemaViolation extends RuntimeException {
    /** The member that holds violations of several fields together. */
    public static final String ENTITY = "@entity";

    private static final long serialVersionUID = 1L;

    private final transient Map<String, Object> fields;

    public SchemaViolation(Map<String, Object> fields) {
        super(message(fields), null, false, false);
        this.fields = Collections.unmodifiableMap(new TreeMap<>(fields));
    }

    /** Returns the violations in the shape of the entity. */
    public Map<String, Object> fields() {
        return fields;
    }

    /** Returns the rejection of a change of an entity. Kong's text of a record without a value differs there. */
    SchemaViolation ofChange() {
        Map<String, Object> changed = new TreeMap<>();
        fields.forEach((name, violation) -> changed.put(name, ofChange(violation)));
        return new SchemaViolation(changed);
    }

    private static Object ofChange(Object violation) {
        if (violation instanceof Map<?, ?> map) {
            Map<Object, Object> changed = new LinkedHashMap<>();
            map.forEach((name, nested) -> changed.put(name, ofChange(nested)));
            return changed;
        }
        if (violation instanceof List<?> list) {
            List<@Nullable Object> changed = new ArrayList<>(list.size());
            list.forEach(nested -> changed.add(nested == null ? null : ofChange(nested)));
            return changed;
        }
        return violation instanceof String text && text.startsWith(EntityCheck.AT_LEAST_ONE)
                ? "when updating, " + text
                : violation;
    }

    private static String message(Map<String, Object> fields) {
        List<String> lines = new ArrayList<>();
        flatten("", fields, lines);
        return lines.size() == 1
                ? "schema violation (" + lines.get(0) + ")"
                : lines.size() + " schema violations (" + String.join("; ", lines) + ")";
    }

    private static void flatten(String path, Object violation, List<String> lines) {
        if (violation instanceof Map<?, ?> map) {
            new TreeMap<>(map).forEach((key, nested) -> {
                // A text is the violation of a member that a client has called so.
                if (key.equals(ENTITY) && nested instanceof Collection<?> texts) {
                    texts.forEach(text -> lines.add(path.isEmpty() ? "" + text : path + ": " + text));
                } else {
                    flatten(path.isEmpty() ? (String) key : path + "." + key, nested, lines);
                }
            });
        } else if (violation instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) != null) {
                    // Kong counts from one.
                    flatten(path + "." + (i + 1), list.get(i), lines);
                }
            }
        } else {
            lines.add(path + ": " + violation);
        }
    }
}
