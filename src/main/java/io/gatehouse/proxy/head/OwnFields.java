package io.gatehouse.proxy.head;

import io.gatehouse.config.ResponseConfig;
import io.gatehouse.config.ResponseField;
import java.util.function.BiConsumer;

/** Writes the header fields of every response that the gateway sends in place of an upstream. */
public final class OwnFields {
    private final String server;
    private final ResponseConfig config;

    /** {@code server} is the value of the {@code Server} header. */
    public OwnFields(String server, ResponseConfig config) {
        this.server = server;
        this.config = config;
    }

    /** Returns the media type of an error if the request selects none. */
    public String errorType() {
        return config.errorType();
    }

    /** Passes the fields that are configured for a response that takes {@code millis}. */
    public void write(String requestId, long millis, BiConsumer<String, String> headers) {
        if (config.fields().contains(ResponseField.RESPONSE_LATENCY)) {
            headers.accept("X-Kong-Response-Latency", Long.toString(millis));
        }
        writeIdentity(requestId, headers);
    }

    /** Passes the fields for a response to a request that never became complete, which has no latency. */
    public void writeIdentity(String requestId, BiConsumer<String, String> headers) {
        if (config.fields().contains(ResponseField.SERVER)) {
            headers.accept("Server", server);
        }
        if (config.fields().contains(ResponseField.REQUEST_ID)) {
            headers.accept("X-Kong-Request-Id", requestId);
        }
    }
}
