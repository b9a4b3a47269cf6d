package io.gatehouse.bus;

import io.gatehouse.credential.Changes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Requests the changes since a moment, for a node without a database.
 *
 * @param since {@link Changes#until()} of the previous reply; null: the first request
 * @param nodeId of the node that requests them
 * @param name that node's name for operators
 * @param maxStaleMillis how long that node may trust its cache without another reply
 */
public record FetchChanges(@Nullable String since, String nodeId, String name, long maxStaleMillis) {

    public FetchChanges(@Nullable String since, String nodeId, String name, Duration maxStale) {
        this(since, nodeId, name, maxStale.toMillis());
    }

    /** How long the node may trust its cache without another reply. */
    public Duration maxStale() {
        return Duration.ofMillis(maxStaleMillis);
    }
}
