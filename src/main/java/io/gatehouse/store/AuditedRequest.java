package io.gatehouse.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Describes a request of the Admin API for the audit trail.
 *
 * @param id of the request in the log and in {@code X-Gatehouse-Request-Id}; unique
 * @param clientName the subject of the client's certificate; null without one
 * @param path contains no secret
 * @param status of the response if the transaction commits
 * @param retention how long the row is kept
 */
public record AuditedRequest(
        String id,
        String clientAddress,
        @Nullable String clientName,
        String method,
        String path,
        int status,
        Duration retention) {}
