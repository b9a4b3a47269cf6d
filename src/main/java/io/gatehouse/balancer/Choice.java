package io.gatehouse.balancer;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A way to choose among the peers it was made for; used by all event loops at once. */
interface Choice {

    /**
     * The peer for a request among those that will do; null when none does.
     *
     * @param key hash of what the request is assigned by; only consistent hashing looks at it
     */
    @Nullable
    Peer choose(long key, Predicate<Peer> willDo);

    /** For an Upstream's algorithm (docs/reference/proxy.md#upstreams-and-targets); the peers have weights above 0. */
    static Choice of(String algorithm, List<Peer> peers) {
        return switch (algorithm) {
            case "consistent-hashing" -> new ConsistentHashing(peers);
            case "least-connections" -> new LeastConnections(peers);
            case "latency" -> new LowestLatency(peers);
            default -> RoundRobin.of(peers);
        };
    }
}
