package io.gatehouse.bus;

import java.util.Map;

/**
 * Reports a response that a node has stored for {@code proxy-cache}.
 *
 * @param body as UTF-8
 * @param bodyLength in bytes
 * @param timestamp when it was stored, in seconds since the epoch
 * @param ttl how long it is fresh from then on, in seconds
 */
public record StoredResponseReport(
        int status, Map<String, String> headers, String body, int bodyLength, long timestamp, long ttl) {}
