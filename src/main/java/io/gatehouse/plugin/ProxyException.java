package io.gatehouse.plugin;

import io.gatehouse.syntax.LogText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends a proxied request with a {@link ProxyError}. It is expected, so it has no stack trace. */
public final class ProxyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProxyError error;
    private final int status;
    private final String message;
    private final transient Map<String, String> headers;
    private final transient Map<String, Object> body;

    ProxyException(ProxyError error, String message, @Nullable Throwable cause, Map<String, String> headers) {
        this(error, error.status(), message, cause, headers, Map.of());
    }

    private ProxyException(
            ProxyError error,
            int status,
            String message,
            @Nullable Throwable cause,
            Map<String, String> headers,
            Map<String, Object> body) {
        super(cause == null ? message : message + " (" + LogText.of(cause) + ")", cause, false, false);
        this.error = error;
        this.status = status;
        this.message = message;
        this.headers = headers;
        this.body = body;
    }

    /** Adds a response header. */
    public ProxyException with(String header, String value) {
        return with(Map.of(header, value));
    }

    /** Adds response headers. */
    public ProxyException with(Map<String, String> added) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.putAll(added);
        return new ProxyException(error, status, message, getCause(), more, body);
    }

    /** Replaces the message by a JSON object. */
    public ProxyException withBody(Map<String, Object> newBody) {
        return new ProxyException(error, status, message, getCause(), headers, newBody);
    }

    /** Replaces the status, for a plugin whose configuration names one. */
    public ProxyException withStatus(int newStatus) {
        return new ProxyException(error, newStatus, message, getCause(), headers, body);
    }

    /** Returns the status of the response. */
    public int status() {
        return status;
    }

    public ProxyError error() {
        return error;
    }

    /** Returns the message for the client. */
    public String message() {
        return message;
    }

    /** Returns the response headers. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns the JSON object of the response; empty if it contains the message. */
    public Map<String, Object> body() {
        return body;
    }
}
