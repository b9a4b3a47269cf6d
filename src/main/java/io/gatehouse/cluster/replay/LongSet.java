package io.gatehouse.cluster.replay;

import java.util.Arrays;

/** A set of random longs, in 11 to 22 bytes each. Zero counts as one. */
final class LongSet {
    private static final int FIRST_LENGTH = 8;

    /** Zero: free. The length is a power of two. */
    private long[] table = new long[FIRST_LENGTH];

    private int size;

    /** Adds a value; returns false if the set has it. */
    boolean add(long value) {
        long stored = stored(value);
        int slot = slot(table, stored);
        if (table[slot] == stored) {
            return false;
        }
        table[slot] = stored;
        size++;
        if (size > table.length / 4 * 3) {
            grow();
        }
        return true;
    }

    boolean contains(long value) {
        long stored = stored(value);
        return table[slot(table, stored)] == stored;
    }

    int size() {
        return size;
    }

    /** The values in any order. */
    long[] values() {
        return Arrays.stream(table).filter(value -> value != 0).toArray();
    }

    private static long stored(long value) {
        return value == 0 ? 1 : value;
    }

    /** The slot that has the value, or the one for it. */
    private static int slot(long[] table, long stored) {
        int slot = Long.hashCode(stored) & (table.length - 1);
        while (table[slot] != 0 && table[slot] != stored) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] larger = new long[table.length * 2];
        for (long value : table) {
            if (value != 0) {
                larger[slot(larger, value)] = value;
            }
        }
        table = larger;
    }
}
