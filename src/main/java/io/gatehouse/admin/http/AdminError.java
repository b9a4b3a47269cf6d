package io.gatehouse.admin.http;

import java.util.Map;

/** Lists every error of the Admin API with its status, Kong's code and text (docs/reference/admin-api.md#errors). */
public enum AdminError {
    INVALID_PRIMARY_KEY(400, 1, "invalid primary key"),
    SCHEMA_VIOLATION(400, 2, "schema violation"),
    PRIMARY_KEY_VIOLATION(400, 3, "primary key violation"),
    FOREIGN_KEY_VIOLATION(400, 4, "foreign key violation"),
    UNIQUE_VIOLATION(409, 5, "unique constraint violation"),
    ENTITY_NOT_FOUND(404, 6, "not found"),
    INVALID_OFFSET(400, 7, "invalid offset"),
    INVALID_SIZE(400, 9, "invalid size"),
    /** Its name ends with the field. */
    INVALID_UNIQUE(400, 10, "invalid unique"),
    INVALID_OPTIONS(400, 11, "invalid options"),
    FOREIGN_KEYS_UNRESOLVED(400, 13, "foreign keys unresolved"),
    REFERENCED_BY_OTHERS(400, 19, "referenced by others"),

    // Errors without a code have only a message.
    BAD_REQUEST(400, 0, "Bad request"),
    MALFORMED_BODY(400, 0, "Cannot parse JSON body"),
    TOO_MANY_ARGUMENTS(400, 0, "Too many arguments"),
    UNAUTHORIZED(401, 0, "Unauthorized"),
    FORBIDDEN(403, 0, "Forbidden"),
    NOT_FOUND(404, 0, "Not found"),
    METHOD_NOT_ALLOWED(405, 0, "Method not allowed"),
    BODY_TOO_LARGE(413, 0, "Request body too large"),
    URI_TOO_LONG(414, 0, "URI too long"),
    /** As in Kong, the response has no body. */
    UNSUPPORTED_MEDIA_TYPE(415, 0, ""),
    HEADERS_TOO_LARGE(431, 0, "Request header or cookie too large"),
    UNEXPECTED(500, 0, "An unexpected error occurred"),
    DATABASE_UNAVAILABLE(503, 0, "database unavailable"),
    NO_PROXY(503, 0, "no proxy responds"),
    TOO_MANY_STREAMS(503, 0, "too many event streams"),
    TOO_MANY_CALLS(503, 0, "too many test calls"),
    NO_RESPONSE(504, 0, "the proxy did not respond");

    private final int status;
    private final int code;
    private final String text;

    AdminError(int status, int code, String text) {
        this.status = status;
        this.code = code;
        this.text = text;
    }

    public int status() {
        return status;
    }

    /** Returns Kong's code of the error; 0 if it has none. */
    int code() {
        return code;
    }

    /** Returns whether the response has a body. */
    public boolean hasBody() {
        return !text.isEmpty();
    }

    /** Returns the name of an error with a code, or the message of one without. */
    public String text() {
        return text;
    }

    /** Creates the exception with the usual message. */
    public AdminException exception() {
        return new AdminException(this, text, Map.of(), Map.of());
    }

    /** Creates the exception for an entity that does not exist, by its id or its key. */
    public AdminException missing(String field, String value) {
        String filter = "'{" + field + "=\"" + value + "\"}'";
        return exception("could not find the entity with " + (field.equals("id") ? "primary key " : "") + filter)
                .detail("fields", Map.of(field, value));
    }

    /** Creates the exception for an id in a path that is no UUID. */
    public AdminException malformedId() {
        String reason = "expected a valid UUID";
        return exception(text + ": '{id=\"" + reason + "\"}'").detail("fields", Map.of("id", reason));
    }

    /** Creates the exception for a key in a path that no entity can have. */
    public AdminException malformedKey(String field, String reason) {
        return exception(reason).detail("name", text + " " + field);
    }

    /** Creates the exception for an option of a request, such as a filter or a lifetime, with an invalid value. */
    public static AdminException invalidOption(String option, String reason) {
        return INVALID_OPTIONS
                .exception("invalid option (" + option + ": " + reason + ")")
                .detail("options", Map.of(option, reason));
    }

    public AdminException exception(String message) {
        return new AdminException(this, message, Map.of(), Map.of());
    }
}
