package io.gatehouse.plugin.proxycache;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds the memory of the bodies that are still being received. If they exceed the limit together, the oldest are not stored.
 *
 * <p><i>Why</i>: a slow client would otherwise keep the copy of a body for as long as it reads.
 *
 * <p><i>Threading</i>: all event loops share it. Its lock is held for a few field accesses only.
 */
final class PendingBodies {
    /** Docs: docs/reference/limits.md#plugins. */
    static final long MAX_BYTES = 32L * 1024 * 1024;

    private static final int PART_OF_HEAP = 32;

    /** What a body counts at least, with the head and the objects around it. */
    static final int MIN_BYTES = 16 * 1024;

    private final long maxBytes;
    private final Runnable discarded;
    private final Map<BodyCopy, Integer> received = new LinkedHashMap<>();
    private long bytes;

    /** Returns the bound of a node with that heap. */
    static long maxBytes(long heapBytes) {
        return Math.min(MAX_BYTES, heapBytes / PART_OF_HEAP);
    }

    /** {@code discarded} runs for each body that is discarded. It does not block. */
    PendingBodies(long maxBytes, Runnable discarded) {
        this.maxBytes = maxBytes;
        this.discarded = discarded;
    }

    /** Counts more bytes of a body, and discards the oldest bodies beyond the limit. */
    synchronized void add(BodyCopy body, int more) {
        Integer before = received.get(body);
        int now = more + (before == null ? 0 : before);
        received.put(body, now);
        bytes += counted(now) - (before == null ? 0 : counted(before));
        var oldest = received.entrySet().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            Map.Entry<BodyCopy, Integer> evicted = oldest.next();
            oldest.remove();
            bytes -= counted(evicted.getValue());
            evicted.getKey().discard();
            discarded.run();
        }
    }

    synchronized void remove(BodyCopy body) {
        Integer size = received.remove(body);
        bytes -= size == null ? 0 : counted(size);
    }

    /** Returns the bytes that the bodies count together. */
    synchronized long bytes() {
        return bytes;
    }

    private static int counted(int size) {
        return Math.max(MIN_BYTES, size);
    }
}
