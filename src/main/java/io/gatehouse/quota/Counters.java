package io.gatehouse.quota;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Counts units of keys.
 *
 * <p><i>Threading</i>: safe from every event loop; never blocks.
 */
public interface Counters {
    /**
     * Takes one unit of each limit, or none if one of them is exceeded. The future is complete unless the store is needed. It
     * fails with {@link StoreUnavailable}, and completes on any thread.
     *
     * @param key names the plugin and the caller; short, and in plain ASCII
     */
    CompletableFuture<Verdict> take(String key, List<Limit> limits);

    /** Returns what is left of each limit, and takes nothing. The future completes as that of {@link #take}. */
    CompletableFuture<Verdict> look(String key, List<Limit> limits);

    /**
     * Counts units whose number is known after their use. They may exceed the limits; this node's lease does not cover the excess
     * until a claim in the background has.
     *
     * @param units a negative number returns units, to this node
     * @param atMillis when they were used. Windows that have ended since are not counted
     */
    void count(String key, List<Limit> limits, long units, long atMillis);
}
