package io.gatehouse.balancer;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Chooses the peer with the fewest requests in flight for its weight, and equal peers in turn. */
final class LeastConnections implements Choice {
    private final List<Peer> peers;
    private final AtomicInteger next = new AtomicInteger();

    LeastConnections(List<Peer> peers) {
        this.peers = List.copyOf(peers);
    }

    @Override
    public @Nullable Peer choose(long key, Predicate<Peer> willDo) {
        int first = next.getAndIncrement();
        Peer best = null;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(Integer.remainderUnsigned(first + i, peers.size()));
            // Plus one, so that the weight of an idle peer counts too.
            double load = (peer.load().inFlight() + 1.0) / peer.weight();
            if (load < least && willDo.test(peer)) {
                best = peer;
                least = load;
            }
        }
        return best;
    }
}
