package io.gatehouse.admin.http;

import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds a form, whose texts become values by the schema of the entity. */
record FormBody(FormNode root, boolean isLarge) implements Body {
    @Override
    public Map<String, @Nullable Object> values(EntitySchema schema, @Nullable Document current) {
        Map<String, @Nullable Object> kind = new LinkedHashMap<>();
        if (current != null) {
            kind.putAll(current.values());
        }
        // The fields of a plugin's config depend on its name.
        root.text("name").ifPresent(name -> kind.put("name", name));
        return root.record(schema.fieldsFor(kind));
    }

    @Override
    public Set<String> names() {
        return root.names();
    }
}
