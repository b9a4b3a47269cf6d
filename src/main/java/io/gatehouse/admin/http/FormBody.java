package io.gatehouse.admin.http;

import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A form, whose texts become values when it is known which entity they are for. */
record FormBody(FormNode root, boolean isLarge) implements Body {
    @Override
    public Map<String, @Nullable Object> values(EntitySchema schema, @Nullable Document current) {
        Map<String, @Nullable Object> kind = new LinkedHashMap<>();
        if (current != null) {
            kind.putAll(current.values());
        }
        // The fields of a plugin's config follow from its name.
        root.text("name").ifPresent(name -> kind.put("name", name));
        return root.record(schema.fieldsFor(kind));
    }
}
