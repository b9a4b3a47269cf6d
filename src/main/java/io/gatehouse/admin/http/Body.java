package io.gatehouse.admin.http;

import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds the body of a request that writes an entity. */
public interface Body {
    /** Bytes from which a body is parsed and checked on a worker thread. */
    int LARGE = 64 * 1024;

    /** The missing or empty body. */
    Body NONE = new JsonObject(Map.of(), false);

    /**
     * Returns the values as a map that the caller may change.
     *
     * @param schema determines the types of a form's values
     * @param current the entity that these values change; null if it does not exist
     */
    Map<String, @Nullable Object> values(EntitySchema schema, @Nullable Document current);

    /** Returns the names of the fields. */
    Set<String> names();

    boolean isLarge();

    /** Holds a JSON object. */
    record JsonObject(Map<String, @Nullable Object> object, boolean isLarge) implements Body {
        @Override
        public Map<String, @Nullable Object> values(EntitySchema schema, @Nullable Document current) {
            return new LinkedHashMap<>(object);
        }

        @Override
        public Set<String> names() {
            return object.keySet();
        }
    }
}
