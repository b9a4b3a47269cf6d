package io.gatehouse.plugin.proxycache;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds the memory of the bodies that are still being received. If they exceed the limit together, the oldest are not stored.
 *
 * <p><i>Why</i>: a slow client would otherwise keep the copy of a body for as long as it reads. The body of an aborted response is
 * evicted the same way.
 *
 * <p><i>Threading</i>: all event loops share it. Its lock is held for a few field accesses only.
 */
final class PendingBodies {
    /** Docs: docs/reference/limits.md#plugins. */
    static final long MAX_BYTES = 32L * 1024 * 1024;

    private final long maxBytes;
    private final Map<BodyCopy, Integer> sizes = new LinkedHashMap<>();
    private long bytes;

    PendingBodies() {
        this(MAX_BYTES);
    }

    PendingBodies(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Counts more bytes of a body, and discards the oldest bodies beyond the limit. */
    synchronized void add(BodyCopy body, int more) {
        sizes.merge(body, more, Integer::sum);
        bytes += more;
        var oldest = sizes.entrySet().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            Map.Entry<BodyCopy, Integer> evicted = oldest.next();
            oldest.remove();
            bytes -= evicted.getValue();
            evicted.getKey().discard();
        }
    }

    synchronized void remove(BodyCopy body) {
        Integer size = sizes.remove(body);
        bytes -= size == null ? 0 : size;
    }
}
