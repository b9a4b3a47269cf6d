package io.gatehouse.proxy.traffic;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often each status was answered, and by whom. One thread writes, any reads. A route answers with a handful of
 * statuses, the usual one first, so a short array is searched from its start: no hash, no boxing.
 */
final class StatusCounters {
    /** Statuses beyond these are counted as one: an upstream that makes numbers up must not make series without end. */
    private static final int MAX_KEYS = 64;

    private volatile Table table = new Table(new int[0], new AtomicLongArray(0));

    /** Keys and their counts, side by side; replaced when a key is added. */
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
     * One line of the sum.
     *
     * @param status 0 for all that found no place of their own
     */
    record Answer(int status, ResponseOrigin ending) {
        String code() {
            return status == 0 ? "other" : Integer.toString(status);
        }
    }

    void count(int status, ResponseOrigin ending) {
        count(status * ResponseOrigin.COUNT + ending.place());
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

    void addTo(Map<Answer, Long> sums) {
        Table current = table;
        for (int i = 0; i < current.keys.length; i++) {
            int key = current.keys[i];
            Answer answer = new Answer(key / ResponseOrigin.COUNT, ResponseOrigin.at(key % ResponseOrigin.COUNT));
            sums.merge(answer, current.counts.get(i), Long::sum);
        }
    }
}
