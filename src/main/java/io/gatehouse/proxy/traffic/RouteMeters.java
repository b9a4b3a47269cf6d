package io.gatehouse.proxy.traffic;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/**
 * What this node has seen of one route. It hangs on the route's plan, so that a request finds it without a look-up, and
 * each event loop counts in a part of its own, so that loops never wait for each other's cache lines: Micrometer's meters
 * would cost a search by tags, or several contended additions, for every request. The parts are added up when monitoring
 * asks.
 */
public final class RouteMeters {
    /** In place of the name of a route or Service where there is none. */
    public static final String NONE = "none";

    private final String route;
    private final String service;
    /** Made by each loop with its first request: most routes of a large configuration are idle. */
    private final AtomicReferenceArray<LoopMeters> loops;

    RouteMeters(String route, String service, int loops) {
        this.route = route;
        this.service = service;
        this.loops = new AtomicReferenceArray<>(loops);
    }

    /** Its name, or its id when it has none. */
    public String route() {
        return route;
    }

    /** The name of its Service, or the id. */
    public String service() {
        return service;
    }

    /**
     * Counts a request that has ended. Durations are in nanoseconds.
     *
     * @param loop which event loop this is
     * @param totalNanos negative when it says nothing
     * @param upstreamNanos negative when no upstream was asked
     * @param complete whether the response was written to its end
     */
    public void record(
            int loop,
            int status,
            ResponseOrigin ending,
            boolean complete,
            long totalNanos,
            long gatewayNanos,
            long upstreamNanos,
            long bytesIn,
            long bytesOut) {
        LoopMeters meters = loops.getPlain(loop);
        if (meters == null) {
            meters = new LoopMeters();
            loops.setRelease(loop, meters);
        }
        meters.answers.count(status, ending);
        meters.gateway.record(gatewayNanos);
        if (upstreamNanos >= 0) {
            meters.upstream.record(upstreamNanos);
        }
        if (totalNanos >= 0) {
            meters.total.record(totalNanos);
        }
        meters.bytes(bytesIn, bytesOut);
        if (!complete) {
            meters.brokeOff();
        }
    }

    Map<StatusCounters.Answer, Long> answers() {
        Map<StatusCounters.Answer, Long> sums = new LinkedHashMap<>();
        for (int i = 0; i < loops.length(); i++) {
            LoopMeters meters = loops.getAcquire(i);
            if (meters != null) {
                meters.answers.addTo(sums);
            }
        }
        return sums;
    }

    DurationHistogram.Read gateway() {
        return durations(meters -> meters.gateway);
    }

    DurationHistogram.Read upstream() {
        return durations(meters -> meters.upstream);
    }

    DurationHistogram.Read total() {
        return durations(meters -> meters.total);
    }

    private DurationHistogram.Read durations(Function<LoopMeters, DurationHistogram> which) {
        DurationHistogram.Read sum = new DurationHistogram.Read();
        for (int i = 0; i < loops.length(); i++) {
            LoopMeters meters = loops.getAcquire(i);
            if (meters != null) {
                sum.add(which.apply(meters));
            }
        }
        return sum;
    }

    long incomplete() {
        return sum(LoopMeters::incomplete);
    }

    long bytesIn() {
        return sum(LoopMeters::bytesIn);
    }

    long bytesOut() {
        return sum(LoopMeters::bytesOut);
    }

    private long sum(Function<LoopMeters, Long> which) {
        long sum = 0;
        for (int i = 0; i < loops.length(); i++) {
            LoopMeters meters = loops.getAcquire(i);
            sum += meters == null ? 0 : which.apply(meters);
        }
        return sum;
    }

    boolean isUsed() {
        return !answers().isEmpty();
    }
}
