package io.gatehouse.proxy.forward;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks the timeouts of all requests that upstreams have, in place of a timer for each.
 *
 * <p><i>Invariant</i>: a check removes no request but its own. A retry appends to the list, behind the index of the sweep.
 *
 * <p><i>Threading</i>: one for each event loop, used by it alone.
 */
final class UpstreamTimeouts {
    /** A timeout is at most this late. */
    private static final long SWEEP_MILLIS = 50;

    private final List<ProgressTimeout> watched = new ArrayList<>();

    UpstreamTimeouts(Vertx vertx) {
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
    }

    void add(ProgressTimeout timeout) {
        timeout.place = watched.size();
        watched.add(timeout);
    }

    /** Removes a request. Has no effect on one that is not watched. */
    void remove(ProgressTimeout timeout) {
        int place = timeout.place;
        if (place == ProgressTimeout.UNWATCHED) {
            return;
        }
        timeout.place = ProgressTimeout.UNWATCHED;
        ProgressTimeout last = watched.remove(watched.size() - 1);
        if (last != timeout) {
            watched.set(place, last);
            last.place = place;
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        // From the end, because a request that times out is replaced by the last one.
        for (int i = watched.size() - 1; i >= 0; i--) {
            watched.get(i).check(now);
        }
    }
}
