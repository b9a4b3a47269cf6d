package io.gatehouse.proxy.client;

import org.jspecify.annotations.Nullable;

/**
 * Orders connections by the time when they were added, the earliest first. A connection is in one order at most.
 *
 * <p><i>Why</i>: a list that links the connections themselves, so that a request neither allocates nor searches.
 */
final class ConnectionOrder {
    private @Nullable OpenConnection first;
    private @Nullable OpenConnection last;
    private long bytes;

    @Nullable
    OpenConnection first() {
        return first;
    }

    /** Returns what its connections need. */
    long bytes() {
        return bytes;
    }

    /** Adds a connection at the end, and removes it from its order. */
    void add(OpenConnection added) {
        leave(added);
        added.order = this;
        added.previous = last;
        if (last == null) {
            first = added;
        } else {
            last.next = added;
        }
        last = added;
        bytes += added.bytes();
    }

    /** Removes a connection from its order, if it is in one. */
    static void leave(OpenConnection removed) {
        if (removed.order != null) {
            removed.order.remove(removed);
        }
    }

    private void remove(OpenConnection removed) {
        OpenConnection before = removed.previous;
        OpenConnection after = removed.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        removed.order = null;
        removed.previous = null;
        removed.next = null;
        bytes -= removed.bytes();
    }
}
