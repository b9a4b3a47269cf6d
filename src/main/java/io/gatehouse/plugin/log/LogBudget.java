package io.gatehouse.plugin.log;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory of the queues of all plugins of a node that log or trace.
 *
 * <p>A queue may hold as much as the other queues leave free together: one queue half of the limit, two a third each. So some
 * memory stays free for each further queue, and a server that takes no entries does not stop the logs of another one.
 *
 * <p><i>Threading</i>: all queues share it. Each method takes constant time.
 */
public final class LogBudget {
    private static final int PART_OF_HEAP = 16;

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();

    /** {@code maxBytes} is the estimated memory of all entries. */
    public LogBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns the bound of a node with that heap. Docs: docs/reference/limits.md#plugins. */
    public static long maxBytes(long heapBytes) {
        return heapBytes / PART_OF_HEAP;
    }

    /** Counts the bytes of an entry; negative ones if it leaves its queue. */
    void add(long more) {
        bytes.addAndGet(more);
    }

    /** Returns whether a queue with so many bytes, which are counted already, has more than its part. */
    boolean isExceededBy(long ofQueue) {
        return ofQueue > maxBytes - bytes.get();
    }

    /** Returns the bytes of all entries. */
    long bytes() {
        return bytes.get();
    }
}
