package io.gatehouse.plugin.requesttermination;

import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.schema.Document;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the {@code request-termination} plugin's configuration, read once per change.
 *
 * @param message null for the usual message of the status, if there is one
 * @param body sent unchanged in place of a message
 * @param contentType of {@code body}; null for JSON
 * @param echo whether the response describes the request
 * @param trigger header or parameter without which a request is forwarded; null if none is forwarded
 */
record RequestTerminationConfig(
        int statusCode,
        @Nullable String message,
        @Nullable String body,
        @Nullable String contentType,
        boolean echo,
        @Nullable HeaderName trigger) {
    private static final Map<Integer, String> USUAL = Map.of(
            401, "Unauthorized",
            404, "Not found",
            405, "Method not allowed",
            500, "An unexpected error occurred",
            502, "Bad Gateway",
            503, "Service unavailable");

    static RequestTerminationConfig of(Plugin plugin) {
        Document config = plugin.config();
        int status = (int) config.integer("status_code");
        String message = config.optionalString("message");
        return new RequestTerminationConfig(
                status,
                message == null ? USUAL.get(status) : message,
                config.optionalString("body"),
                config.optionalString("content_type"),
                config.flag("echo"),
                config.optionalString("trigger") == null ? null : HeaderName.of(config.string("trigger")));
    }

    /** Returns whether a response of this status may have content (RFC 9110 §6.4.1, §15.3.6). */
    boolean mayHaveContent() {
        return statusCode != 204 && statusCode != 205 && statusCode != 304;
    }
}
