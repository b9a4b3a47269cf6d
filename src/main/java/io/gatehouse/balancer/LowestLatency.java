package io.gatehouse.balancer;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the peer with the lower latency of two random ones.
 *
 * <p><i>Why</i>: if all nodes chose the fastest of all peers, they would overload it.
 */
final class LowestLatency implements Choice {
    private final List<Peer> peers;

    LowestLatency(List<Peer> peers) {
        this.peers = List.copyOf(peers);
    }

    @Override
    public @Nullable Peer choose(long key, Predicate<Peer> willDo) {
        List<Peer> fit = peers.stream().filter(willDo).toList();
        if (fit.size() < 2) {
            return fit.isEmpty() ? null : fit.get(0);
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int first = random.nextInt(fit.size());
        int second = random.nextInt(fit.size() - 1);
        Peer one = fit.get(first);
        Peer other = fit.get(second < first ? second : second + 1);
        long now = System.nanoTime();
        return cost(one, now) <= cost(other, now) ? one : other;
    }

    /** Returns the latency multiplied by the requests in flight: a queue at a fast peer is slow. */
    private static double cost(Peer peer, long now) {
        return peer.load().averageNanos(now) * (peer.load().inFlight() + 1.0) / peer.weight();
    }
}
