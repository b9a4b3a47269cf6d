package io.gatehouse.balancer;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among the peers that it was created for, by one algorithm.
 *
 * <p><i>Threading</i>: safe for every thread.
 */
interface Choice {

    /**
     * Returns the peer for a request among the suitable ones; null if there is none.
     *
     * @param key hash of the request's input; only consistent hashing reads it
     */
    @Nullable
    Peer choose(long key, Predicate<Peer> willDo);

    /** Returns the choice for an algorithm of docs/reference/proxy.md#upstreams-and-targets. All weights must be above 0. */
    static Choice of(String algorithm, List<Peer> peers) {
        return switch (algorithm) {
            case "consistent-hashing" -> new ConsistentHashing(peers);
            case "least-connections" -> new LeastConnections(peers);
            case "latency" -> new LowestLatency(peers);
            default -> RoundRobin.of(peers);
        };
    }
}
