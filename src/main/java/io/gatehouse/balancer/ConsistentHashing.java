package io.gatehouse.balancer;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses by weighted rendezvous hashing.
 *
 * <p><i>Invariant</i>: if a peer is added, removed or fails, only the requests move that it will have or has had.
 *
 * <p><i>Why</i>: the shares match the weights exactly. A ring of points only approximates them.
 */
final class ConsistentHashing implements Choice {
    /** Number of values of a double's mantissa. */
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
            // Uniform in (0, 1), and always the same for this key and this peer.
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
