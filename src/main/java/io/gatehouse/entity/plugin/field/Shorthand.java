package io.gatehouse.entity.plugin.field;

import io.gatehouse.schema.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An older name of a field of {@code config}, which Kong accepts until its version 4. Responses have the field alone.
 *
 * @param field has the older name, and the type and checks of the field
 * @param path of the field, such as {@code redis} and {@code host}
 */
public record Shorthand(Field field, List<String> path) {

    public Shorthand {
        field = field.writeOnly();
        path = List.copyOf(path);
    }

    /** Returns a config with the values of older names at their fields. A malformed value stays, so that its name is reported. */
    public static Map<?, ?> expand(List<Shorthand> shorthands, Map<?, ?> config) {
        Map<Object, @Nullable Object> expanded = new LinkedHashMap<>(config);
        for (Shorthand shorthand : shorthands) {
            Object value = expanded.get(shorthand.field.name());
            if (value != null && shorthand.field.accepts(value)) {
                expanded.remove(shorthand.field.name());
                set(expanded, shorthand.path, value);
            }
        }
        return expanded;
    }

    private static void set(Map<Object, @Nullable Object> record, List<String> path, Object value) {
        String name = path.get(0);
        if (path.size() == 1) {
            record.put(name, value);
            return;
        }
        Map<Object, @Nullable Object> nested = new LinkedHashMap<>();
        if (record.get(name) instanceof Map<?, ?> given) {
            nested.putAll(given);
        }
        set(nested, path.subList(1, path.size()), value);
        record.put(name, nested);
    }
}
