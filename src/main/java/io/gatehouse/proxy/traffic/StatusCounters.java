package io.gatehouse.proxy.traffic;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts responses by status and origin.
 *
 * <p><i>Threading</i>: one thread writes, any reads.
 *
 * <p><i>Why</i>: a route has few statuses, the usual one first. A search through a short array needs no hash and no boxing.
 */
final class StatusCounters {
    /** Further statuses are counted as one, because an upstream that sends arbitrary ones must not create a series for each. */
    private static final int MAX_KEYS = 64;

    private volatile Table table = new Table(new int[0], new AtomicLongArray(0));

    /** Keys and their counts, alternating. Replaced when a key is added. */
    private static final class Table {
        private final int[] keys;
        private final AtomicLongArray counts;

        Table(int[] keys, AtomicLongArray counts) {
            this.keys = keys;
            this.counts = counts;
        }

        void increment(int index) {
            counts.lazySet(index, counts.get(index) + 1);
        }

        Table with(int key) {
            int[] more = new int[keys.length + 1];
            long[] counted = new long[more.length];
            for (int i = 0; i < keys.length; i++) {
                more[i] = keys[i];
                counted[i] = counts.get(i);
            }
            more[keys.length] = key;
            return new Table(more, new AtomicLongArray(counted));
        }
    }

    /**
     * One key of the sum.
     *
     * @param status 0 for all statuses beyond the bound
     */
    record Response(int status, ResponseOrigin origin) {
        String code() {
            return status == 0 ? "other" : Integer.toString(status);
        }
    }

    void count(int status, ResponseOrigin origin) {
        count(status * ResponseOrigin.COUNT + origin.place());
    }

    private void count(int key) {
        Table current = table;
        int[] keys = current.keys;
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] == key) {
                current.increment(i);
                return;
            }
        }
        int other = key % ResponseOrigin.COUNT;
        if (keys.length >= MAX_KEYS && key != other) {
            count(other);
            return;
        }
        Table larger = current.with(key);
        larger.increment(keys.length);
        table = larger;
    }

    void addTo(Map<Response, Long> sums) {
        Table current = table;
        for (int i = 0; i < current.keys.length; i++) {
            int key = current.keys[i];
            Response response = new Response(key / ResponseOrigin.COUNT, ResponseOrigin.at(key % ResponseOrigin.COUNT));
            sums.merge(response, current.counts.get(i), Long::sum);
        }
    }
}
