package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.Body;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the body of a {@code PUT} of an entity by its own path. A list of keys without a value is empty, so that, as in Kong, a
 * certificate that is replaced without {@code snis} has none (docs/reference/admin-api.md#entities).
 *
 * <p><i>Why</i>: not of a {@code PUT} through a reference. {@code /snis/{name}/certificate} would delete the SNI of its path.
 */
record ReplacingBody(Body body) implements Body {
    @Override
    public Map<String, @Nullable Object> values(EntitySchema schema, @Nullable Document current) {
        Map<String, @Nullable Object> values = body.values(schema, current);
        schema.fields().stream()
                .filter(field -> field.keysOf().isPresent())
                .forEach(field -> values.putIfAbsent(field.name(), List.of()));
        return values;
    }

    @Override
    public Set<String> names() {
        return body.names();
    }

    @Override
    public boolean isLarge() {
        return body.isLarge();
    }

    /** Adds the key that names the entity to its list of keys. A list of another type is left to the check. */
    static @Nullable Object with(@Nullable Object keys, String key) {
        if (keys == null) {
            return List.of(key);
        }
        if (!(keys instanceof List<?> list) || list.contains(key)) {
            return keys;
        }
        List<@Nullable Object> all = new ArrayList<>(list);
        all.add(key);
        return all;
    }
}
