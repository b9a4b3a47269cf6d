package io.gatehouse.declarative;

import io.gatehouse.schema.EntitySchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds an entity of a file or of the gateway.
 *
 * @param values in the form of the Admin API, with {@code id}
 */
record Entity(EntitySchema schema, Map<String, @Nullable Object> values) {
    String id() {
        return String.valueOf(values.get("id"));
    }

    /** Returns the name of the entity for messages. */
    String label() {
        for (String field : new String[] {schema.key(), "name", "username", "custom_id", "group", "target"}) {
            if (field != null && values.get(field) instanceof String text) {
                return schema.name() + " " + text;
            }
        }
        return schema.name() + " " + id();
    }

    /** Returns the id of the entity that a field references; null if it references none. */
    @Nullable
    String reference(String field) {
        return values.get(field) instanceof Map<?, ?> map && map.get("id") instanceof String id ? id : null;
    }
}
