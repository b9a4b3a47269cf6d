package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names a group of targets (docs/reference/admin-api.md#entities).
 *
 * @param hashOn the input of consistent hashing
 * @param hashFallback the input for requests without {@code hashOn}
 * @param hostHeader the {@code Host} of requests to the targets; null for the Route's rule
 */
public record Upstream(
        UUID id,
        String name,
        String algorithm,
        HashInput hashOn,
        HashInput hashFallback,
        @Nullable String hashOnCookiePath,
        HealthChecks healthchecks,
        @Nullable String hostHeader,
        @Nullable UUID clientCertificateId) {

    /**
     * Selects the part of a request that is hashed.
     *
     * @param kind {@code none}, {@code consumer}, {@code ip}, {@code header}, {@code cookie}, {@code path},
     *     {@code query_arg} or {@code uri_capture}
     * @param name of the header, cookie, parameter or capture; null for the others
     */
    public record HashInput(String kind, @Nullable String name) {}

    public static Upstream of(Document document) {
        return new Upstream(
                document.id(),
                document.string("name"),
                document.string("algorithm"),
                input(document, "hash_on"),
                input(document, "hash_fallback"),
                document.optionalString("hash_on_cookie_path"),
                HealthChecks.of(document.record("healthchecks")),
                document.optionalString("host_header"),
                document.reference("client_certificate"));
    }

    private static HashInput input(Document document, String field) {
        String kind = document.string(field);
        String name = switch (kind) {
            case "header", "query_arg", "uri_capture" -> document.optionalString(field + "_" + kind);
            // hash_on and hash_fallback use the same cookie.
            case "cookie" -> document.optionalString("hash_on_cookie");
            default -> null;
        };
        return new HashInput(kind, name);
    }
}
