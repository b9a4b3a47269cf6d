package io.gatehouse.plugin.proxycache;

import io.gatehouse.bus.StoredResponseReport;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * Holds a complete response of an upstream, as the upstream sent it.
 *
 * <p><i>Invariant</i>: immutable. No reader changes the body.
 *
 * @param pluginId the plugin that stored it
 * @param headers without those that frame the message or belong to the gateway; several values of a name are joined by commas
 * @param storedAtMillis since the epoch
 * @param ageSeconds the age that it had then (RFC 9111 §4.2.3)
 * @param ttlSeconds how long it is fresh from then on
 * @param keptSeconds how long it is stored
 * @param selectors the request headers that its {@code Vary} names, with the values of its request (RFC 9111 §4.1)
 */
record StoredResponse(
        UUID pluginId,
        int status,
        Map<String, String> headers,
        Buffer body,
        long storedAtMillis,
        long ageSeconds,
        long ttlSeconds,
        long keptSeconds,
        Map<String, List<String>> selectors) {
    private static final long MILLIS = 1_000;
    /** Stands for the objects around the texts and the body. */
    private static final int OVERHEAD = 1_024;

    /** Stands for the objects around the texts of a header, or around a value of a selector. */
    private static final int ENTRY_OVERHEAD = 128;

    private static final int BYTES_OF_CHAR = 2;

    StoredResponse with(Buffer whole) {
        return new StoredResponse(
                pluginId, status, headers, whole, storedAtMillis, ageSeconds, ttlSeconds, keptSeconds, selectors);
    }

    StoredResponseReport report() {
        return new StoredResponseReport(
                status, headers, body.toString(), body.length(), storedAtMillis / MILLIS, ttlSeconds);
    }

    /** Returns the seconds since it was stored. */
    long secondsStored(long nowMillis) {
        return Math.max(0, (nowMillis - storedAtMillis) / MILLIS);
    }

    boolean isExpired(long nowMillis) {
        return nowMillis - storedAtMillis >= keptSeconds * MILLIS;
    }

    /** Whether the request has the headers by which the upstream selected this response. */
    boolean isFor(Function<String, List<String>> sent) {
        return selectors.entrySet().stream()
                .allMatch(selector -> sent.apply(selector.getKey()).equals(selector.getValue()));
    }

    /** Returns its size in memory in bytes, approximately. */
    int weight() {
        long chars = 0;
        long entries = headers.size();
        for (Map.Entry<String, String> header : headers.entrySet()) {
            chars += header.getKey().length() + header.getValue().length();
        }
        for (Map.Entry<String, List<String>> selector : selectors.entrySet()) {
            chars += selector.getKey().length();
            chars += selector.getValue().stream().mapToLong(String::length).sum();
            entries += 1 + selector.getValue().size();
        }
        return (int) (OVERHEAD + entries * ENTRY_OVERHEAD + chars * BYTES_OF_CHAR + body.length());
    }
}
