package io.gatehouse.proxy.traffic;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/**
 * Counts the requests of one route on this node.
 *
 * <p><i>Threading</i>: each event loop counts in a part of its own. A scrape adds them up.
 *
 * <p><i>Why</i>: the route's plan refers to its meters, so no request searches them by tags, and event loops share no cache line.
 */
public final class RouteMeters {
    /** The name of a missing route or Service. */
    public static final String NONE = "none";

    private final String route;
    private final String service;
    /** Created by each event loop with its first request, because most routes of a large configuration are idle. */
    private final AtomicReferenceArray<LoopMeters> loops;

    RouteMeters(String route, String service, int loops) {
        this.route = route;
        this.service = service;
        this.loops = new AtomicReferenceArray<>(loops);
    }

    /** Returns the name of the route, or the id of one without a name. */
    public String route() {
        return route;
    }

    /** Returns the name of the Service, or the id of one without a name. */
    public String service() {
        return service;
    }

    /**
     * Counts a request that has ended. Durations are in nanoseconds.
     *
     * @param loop the number of the event loop
     * @param totalNanos negative if the request is not timed
     * @param upstreamNanos negative if the request was not forwarded
     * @param complete whether the whole response was written
     */
    public void record(
            int loop,
            int status,
            ResponseOrigin origin,
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
        meters.responses.count(status, origin);
        meters.gateway.record(gatewayNanos);
        if (upstreamNanos >= 0) {
            meters.upstream.record(upstreamNanos);
        }
        if (totalNanos >= 0) {
            meters.total.record(totalNanos);
        }
        meters.bytes(bytesIn, bytesOut);
        if (!complete) {
            meters.countIncomplete();
        }
    }

    /**
     * Makes a request that was counted, and whose spans are exported, the exemplar of its bucket in the total durations.
     *
     * @param loop the number of the event loop that counted it
     */
    public void exemplify(int loop, long totalNanos, String traceId, String spanId) {
        LoopMeters meters = loops.getPlain(loop);
        if (meters != null) {
            meters.total.exemplify(new TracedDuration(traceId, spanId, totalNanos, System.currentTimeMillis()));
        }
    }

    Map<StatusCounters.Response, Long> responses() {
        Map<StatusCounters.Response, Long> sums = new LinkedHashMap<>();
        for (int i = 0; i < loops.length(); i++) {
            LoopMeters meters = loops.getAcquire(i);
            if (meters != null) {
                meters.responses.addTo(sums);
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
        return !responses().isEmpty();
    }
}
