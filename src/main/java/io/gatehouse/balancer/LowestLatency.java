package io.gatehouse.balancer;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Of two peers drawn by lot, the one that has been answering faster. Two, not all: if everybody ran to the fastest, it
 * would not be for long.
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

    /** What waits there counts too: ten requests at a fast peer are not fast. */
    private static double cost(Peer peer, long now) {
        return peer.load().averageNanos(now) * (peer.load().inFlight() + 1.0) / peer.weight();
    }
}
