package io.gatehouse.admin.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rejects a request with an {@link AdminError}. It is expected, so it has no stack trace. */
public final class AdminException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final AdminError error;
    private final transient Map<String, @Nullable Object> details;
    private final transient Map<String, String> headers;

    AdminException(
            AdminError error, String message, Map<String, @Nullable Object> details, Map<String, String> headers) {
        super(message, null, false, false);
        this.error = error;
        this.details = details;
        this.headers = headers;
    }

    /** Adds a response header. */
    public AdminException with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new AdminException(error, text(), details, more);
    }

    /** Adds a member to the body, such as {@code fields}. */
    AdminException detail(String member, Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(details);
        more.put(member, value);
        return new AdminException(error, text(), more, headers);
    }

    /** Returns the kind of the error, which contains no value of the request. */
    AdminError kind() {
        return error;
    }

    private String text() {
        return String.valueOf(getMessage());
    }

    /** Returns the HTTP response. */
    public AdminResponse response() {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        if (error.code() > 0) {
            body.put("code", error.code());
            body.put("name", error.text());
        }
        body.put("message", text());
        body.putAll(details);
        return new AdminResponse(error.status(), error.text().isEmpty() ? null : body, headers);
    }
}
