package io.gatehouse.admin.http;

import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the response to a request.
 *
 * @param body the value to encode as JSON; null without a body
 */
public record AdminResponse(int status, @Nullable Object body, Map<String, String> headers) {
    private static final int MANY = 100;

    public static final AdminResponse NO_CONTENT = new AdminResponse(204, null, Map.of());

    public static AdminResponse ok(Object body) {
        return new AdminResponse(200, body, Map.of());
    }

    public static AdminResponse ok(Document document) {
        return ok(document.values());
    }

    public static AdminResponse created(Document document) {
        return new AdminResponse(201, document.values(), Map.of());
    }

    /** Returns whether encoding it would block an event loop for too long. */
    public boolean isLong() {
        return body instanceof Map<?, ?> page && page.get("data") instanceof List<?> data && data.size() > MANY;
    }

    public AdminResponse with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new AdminResponse(status, body, more);
    }
}
