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
}
