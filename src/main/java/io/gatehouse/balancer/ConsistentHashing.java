package io.gatehouse.balancer;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The peer that a request's hash likes best: weighted rendezvous hashing. When a peer comes, goes or fails, exactly what
 * will be or was its own moves, and the shares are as the weights say, which a ring of points only comes near.
 */
final class ConsistentHashing implements Choice {
    /** As many values as a double's mantissa has. */
    private static final double UNIT = 0x1p-53;

    private final Peer[] peers;
    private final long[] seeds;

    ConsistentHashing(List<Peer> peers) {
        this.peers = peers.toArray(Peer[]::new);
        this.seeds =
                peers.stream().mapToLong(peer -> HashKey.of(peer.toString())).toArray();
    }

    @Override
    public @Nullable Peer choose(long key, Predicate<Peer> willDo) {
        Peer best = null;
        double highest = 0;
        for (int i = 0; i < peers.length; i++) {
            // In (0, 1), as if by chance, but the same for this key and this peer for ever.
            double chance = ((HashKey.mix(key ^ seeds[i]) >>> 11) + 0.5) * UNIT;
            double score = -peers[i].weight() / Math.log(chance);
            if (score > highest && willDo.test(peers[i])) {
                best = peers[i];
                highest = score;
            }
        }
        return best;
    }
}
