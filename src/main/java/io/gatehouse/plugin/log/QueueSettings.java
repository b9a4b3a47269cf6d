package io.gatehouse.plugin.log;

import io.gatehouse.schema.Document;

/**
 * Holds the limits of a queue.
 *
 * @param maxBytes of all entries, estimated
 * @param maxRetryMillis from the first attempt to send a batch to the last
 */
record QueueSettings(
        int maxBatch,
        long coalescingMillis,
        int maxEntries,
        long maxBytes,
        long maxRetryMillis,
        long initialRetryMillis,
        long maxRetryDelayMillis) {
    /** Kong's default has no limit, and entries have headers of clients. */
    private static final long DEFAULT_BYTES = 16L * 1024 * 1024;

    private static final double MILLIS = 1_000;

    /** The limits of the plugins that have no {@code queue} in Kong. */
    static final QueueSettings DEFAULT = new QueueSettings(100, 50, 10_000, DEFAULT_BYTES, 60_000, 10, 60_000);

    static QueueSettings of(Document queue) {
        return new QueueSettings(
                (int) queue.integer("max_batch_size"),
                millis(queue, "max_coalescing_delay"),
                (int) queue.integer("max_entries"),
                queue.get("max_bytes") == null ? DEFAULT_BYTES : queue.integer("max_bytes"),
                millis(queue, "max_retry_time"),
                millis(queue, "initial_retry_delay"),
                millis(queue, "max_retry_delay"));
    }

    private static long millis(Document queue, String field) {
        return (long) (queue.number(field).doubleValue() * MILLIS);
    }
}
