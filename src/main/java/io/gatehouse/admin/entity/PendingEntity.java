package io.gatehouse.admin.entity;

import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entity about to be stored.
 *
 * @param document as it will be stored
 * @param shownOnce what the answer to this write shows instead, for the last time
 */
record PendingEntity(Document document, Map<String, String> shownOnce) {

    /** What the client sees of it. */
    Document shown(Document stored) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(stored.values());
        values.putAll(shownOnce);
        return new Document(values);
    }
}
