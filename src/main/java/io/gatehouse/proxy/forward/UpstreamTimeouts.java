package io.gatehouse.proxy.forward;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks now and then at the requests that upstreams have, in place of a timer for each: whether they still go on is theirs to
 * say. One for each event loop, used by it alone.
 */
final class UpstreamTimeouts {
    /** A timeout is that much late at most. */
    private static final long SWEEP_MILLIS = 50;

    private final List<Forwarding> watched = new ArrayList<>();

    UpstreamTimeouts(Vertx vertx) {
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
    }

    void add(Forwarding forwarding) {
        forwarding.place = watched.size();
        watched.add(forwarding);
    }

    /** Nothing to do for one that is not watched. */
    void remove(Forwarding forwarding) {
        int place = forwarding.place;
        if (place == Forwarding.NOWHERE) {
            return;
        }
        forwarding.place = Forwarding.NOWHERE;
        Forwarding last = watched.remove(watched.size() - 1);
        if (last != forwarding) {
            watched.set(place, last);
            last.place = place;
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        // From the end: one that times out is taken away, and the last takes its place.
        for (int i = watched.size() - 1; i >= 0; i--) {
            watched.get(i).look(now);
        }
    }
}
