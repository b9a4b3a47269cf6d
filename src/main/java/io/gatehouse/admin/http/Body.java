package io.gatehouse.admin.http;

import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client sent as an entity. */
public interface Body {
    /** From this size on, a body is read and checked away from the event loop. */
    int LARGE = 64 * 1024;

    /** No body, or an empty one. */
    Body NONE = new JsonObject(Map.of(), false);

    /**
     * The values it has; the caller may change the map.
     *
     * @param schema tells a form what its texts mean
     * @param current the entity these values change, if it exists
     */
    Map<String, @Nullable Object> values(EntitySchema schema, @Nullable Document current);

    boolean isLarge();

    /** A JSON object. */
    record JsonObject(Map<String, @Nullable Object> object, boolean isLarge) implements Body {
        @Override
        public Map<String, @Nullable Object> values(EntitySchema schema, @Nullable Document current) {
            return new LinkedHashMap<>(object);
        }
    }
}
