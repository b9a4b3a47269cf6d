package io.gatehouse.plugin.log;

import io.gatehouse.schema.Document;
import java.util.Map;

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

    /** Fields of Kong before its {@code queue}, which set the size of a batch unless they have their old default. */
    private static final Map<String, Integer> BATCH_SIZES = Map.of("queue_size", 1, "batch_span_count", 200);

    private static final Map<String, Integer> DELAYS = Map.of("flush_timeout", 2, "batch_flush_delay", 3);

    /** Reads a configuration: its {@code queue}, and the fields that Kong has replaced by that. */
    static QueueSettings of(Document config) {
        Document queue = config.record("queue");
        return new QueueSettings(
                batchSize(config),
                millis(replaced(config, DELAYS, "max_coalescing_delay")),
                (int) queue.integer("max_entries"),
                queue.get("max_bytes") == null ? DEFAULT_BYTES : queue.integer("max_bytes"),
                millis(queue.number("max_retry_time")),
                millis(queue.number("initial_retry_delay")),
                millis(queue.number("max_retry_delay")));
    }

    /** Returns the most entries of a batch. */
    static int batchSize(Document config) {
        return replaced(config, BATCH_SIZES, "max_batch_size").intValue();
    }

    /** As in Kong, an earlier field precedes the one of the queue. */
    private static Number replaced(Document config, Map<String, Integer> earlier, String field) {
        return earlier.entrySet().stream()
                .filter(each ->
                        config.get(each.getKey()) instanceof Number given && given.doubleValue() != each.getValue())
                .map(each -> config.number(each.getKey()))
                .findFirst()
                .orElseGet(() -> config.record("queue").number(field));
    }

    private static long millis(Number seconds) {
        return (long) (seconds.doubleValue() * MILLIS);
    }
}
