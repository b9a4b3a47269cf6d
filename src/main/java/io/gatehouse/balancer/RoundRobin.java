package io.gatehouse.balancer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Chooses the peers in turn, by weight: each has its share of the places on a wheel, evenly spread. */
final class RoundRobin implements Choice {
    /** The most places on the wheel. A share below one in this many is rounded up to one place. */
    private static final int MAX_PLACES = 8_192;

    private final Peer[] wheel;
    private final AtomicInteger next = new AtomicInteger();

    private RoundRobin(Peer[] wheel) {
        this.wheel = wheel;
    }

    static RoundRobin of(List<Peer> peers) {
        long divisor = peers.stream().mapToLong(Peer::weight).reduce(0, RoundRobin::greatestCommonDivisor);
        long total = peers.stream().mapToLong(Peer::weight).sum();
        double scale = total == 0 ? 0 : Math.min(1.0 / divisor, (double) MAX_PLACES / total);
        List<Place> places = new ArrayList<>();
        for (Peer peer : peers) {
            long count = Math.max(1, Math.round(peer.weight() * scale));
            for (int i = 0; i < count; i++) {
                places.add(new Place((i + 0.5) / count, peer));
            }
        }
        places.sort(Comparator.comparingDouble(Place::angle));
        return new RoundRobin(places.stream().map(Place::peer).toArray(Peer[]::new));
    }

    /** A place on the wheel, from 0 to 1. */
    private record Place(double angle, Peer peer) {}

    private static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    @Override
    public @Nullable Peer choose(long key, Predicate<Peer> willDo) {
        // An unsuitable peer loses its turn, so that its share does not fall to its neighbour alone.
        for (int i = 0; i < wheel.length; i++) {
            Peer peer = wheel[Integer.remainderUnsigned(next.getAndIncrement(), wheel.length)];
            if (willDo.test(peer)) {
                return peer;
            }
        }
        return null;
    }
}
