package io.gatehouse.proxy.traffic;

/**
 * Holds the duration of a request whose spans are exported: an exemplar of its bucket.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 */
record TracedDuration(String traceId, String spanId, long nanos, long epochMillis) {}
