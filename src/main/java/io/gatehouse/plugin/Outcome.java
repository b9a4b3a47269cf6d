package io.gatehouse.plugin;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Represents the decision of a plugin on a request. */
public sealed interface Outcome {

    /** Continues with the next plugin, or after the last one with the upstream. */
    record Continue() implements Outcome {}

    /**
     * Responds to the client. No later plugin runs, and the request is not forwarded.
     *
     * @param message for a gRPC client, which receives no body with an error; null for the phrase of the status
     */
    record Response(
            int status,
            Map<String, String> headers,
            Buffer body,
            @Nullable String message) implements Outcome {

        public Response(int status, Map<String, String> headers, Buffer body) {
            this(status, headers, body, null);
        }
    }
}
