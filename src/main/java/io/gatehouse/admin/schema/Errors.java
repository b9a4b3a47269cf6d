package io.gatehouse.admin.schema;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.Endpoint;
import io.vertx.core.http.HttpMethod;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Describes the error responses of an operation. */
final class Errors {
    /** The body of an error response. */
    static final Map<String, Object> SCHEMA = Map.of(
            "type",
            "object",
            "required",
            List.of("message"),
            "properties",
            Map.of(
                    "code", Map.of("type", "integer"),
                    "name", Map.of("type", "string"),
                    "message", Map.of("type", "string"),
                    "fields", Map.of("type", "object"),
                    "index", Map.of("type", "integer"),
                    "options", Map.of("type", "object")));

    /** The errors of every request. */
    private static final Set<AdminError> ALWAYS = EnumSet.of(
            AdminError.BAD_REQUEST,
            AdminError.UNAUTHORIZED,
            AdminError.FORBIDDEN,
            AdminError.URI_TOO_LONG,
            AdminError.HEADERS_TOO_LARGE,
            AdminError.UNEXPECTED,
            AdminError.DATABASE_UNAVAILABLE);

    private static final Set<AdminError> WITH_BODY =
            EnumSet.of(AdminError.UNIQUE_VIOLATION, AdminError.BODY_TOO_LARGE, AdminError.UNSUPPORTED_MEDIA_TYPE);

    private Errors() {}

    /** Returns the responses by status. */
    static Map<Integer, Object> of(Endpoint endpoint, HttpMethod method) {
        Set<AdminError> errors = EnumSet.copyOf(ALWAYS);
        if (Endpoint.WITH_BODY.contains(method)) {
            errors.addAll(WITH_BODY);
        }
        if (endpoint.template().contains("{") || endpoint.operation(method).hasQuery("credential")) {
            errors.add(AdminError.NOT_FOUND);
        }
        if (endpoint.template().endsWith("/test-call")) {
            errors.add(AdminError.NO_RESPONSE);
        }
        return errors.stream()
                .collect(
                        Collectors.toMap(AdminError::status, Errors::response, (one, same) -> one, LinkedHashMap::new));
    }

    private static Object response(AdminError error) {
        return error.hasBody()
                ? Map.of(
                        "description",
                        error.text(),
                        "content",
                        Map.of("application/json", Map.of("schema", Map.of("$ref", "#/components/schemas/error"))))
                : Map.of("description", error.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
}
