package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A name that stands for several targets (docs/reference/admin-api.md#entities).
 *
 * @param hashOn what a request is assigned to a target by, with consistent hashing
 * @param hashFallback what counts when a request has none of it
 * @param hostHeader the Host the targets are asked for; null: the request's own rule
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
     * What is hashed of a request.
     *
     * @param kind {@code none}, {@code consumer}, {@code ip}, {@code header}, {@code cookie}, {@code path},
     *     {@code query_arg} or {@code uri_capture}
     * @param name which header, cookie, parameter or capture; null for the others
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
            // There is one cookie, whichever field asks for it.
            case "cookie" -> document.optionalString("hash_on_cookie");
            default -> null;
        };
        return new HashInput(kind, name);
    }
}
