package io.gatehouse.declarative;

import io.gatehouse.schema.EntitySchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entity, wanted or there.
 *
 * @param values as the Admin API has them, with its {@code id}
 */
record Entity(EntitySchema schema, Map<String, @Nullable Object> values) {
    String id() {
        return String.valueOf(values.get("id"));
    }

    /** What people call it. */
    String label() {
        for (String field : new String[] {schema.key(), "name", "username", "group", "target"}) {
            if (field != null && values.get(field) instanceof String text) {
                return schema.name() + " " + text;
            }
        }
        return schema.name() + " " + id();
    }

    /** The id of the entity a field references, or null. */
    @Nullable
    String reference(String field) {
        return values.get(field) instanceof Map<?, ?> map && map.get("id") instanceof String id ? id : null;
    }
}
