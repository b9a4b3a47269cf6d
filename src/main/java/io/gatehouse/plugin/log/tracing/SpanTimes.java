package io.gatehouse.plugin.log.tracing;

import io.gatehouse.plugin.FinishedRequest;

/**
 * Holds the times of a request in microseconds since the epoch.
 *
 * @param forwarded the request to the upstream, or the end without one
 * @param responded the head of the upstream's response, or the end without one
 */
record SpanTimes(long start, long forwarded, long responded, long end) {
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;

    static SpanTimes of(FinishedRequest request) {
        FinishedRequest.Latencies latencies = request.latencies();
        long start = request.startedAtMillis() * MICROS_PER_MILLI;
        long upstream = Math.max(0, latencies.upstream());
        return new SpanTimes(
                start,
                start + latencies.gateway() / NANOS_PER_MICRO,
                start + (latencies.gateway() + upstream) / NANOS_PER_MICRO,
                start + latencies.total() / NANOS_PER_MICRO);
    }

    /** Returns a time that the clock of the node has shown, which may have jumped. */
    long within(long millis) {
        return Math.min(end, Math.max(start, millis * MICROS_PER_MILLI));
    }
}
