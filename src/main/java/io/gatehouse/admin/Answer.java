package io.gatehouse.admin;

import io.gatehouse.entity.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered with.
 *
 * @param body becomes JSON; null: no body
 */
record Answer(int status, @Nullable Object body, Map<String, String> headers) {
    private static final int MANY = 100;

    static final Answer NO_CONTENT = new Answer(204, null, Map.of());

    static Answer ok(Object body) {
        return new Answer(200, body, Map.of());
    }

    static Answer ok(Document document) {
        return ok(document.values());
    }

    static Answer created(Document document) {
        return new Answer(201, document.values(), Map.of());
    }

    /** A page of many entities takes longer to write than an event loop should be held. */
    boolean isLong() {
        return body instanceof Map<?, ?> page && page.get("data") instanceof List<?> data && data.size() > MANY;
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, body, more);
    }
}
