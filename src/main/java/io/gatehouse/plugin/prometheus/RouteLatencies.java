package io.gatehouse.plugin.prometheus;

import io.gatehouse.plugin.FinishedRequest;

/** Holds the durations of one route's requests, in Kong's buckets. */
final class RouteLatencies {
    private static final long[] OF_KONG = {1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1_000, 3_000, 6_000};
    private static final long[] OF_UPSTREAMS = {
        25, 50, 80, 100, 250, 400, 700, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000
    };
    private static final int SWITCHING_PROTOCOLS = 101;

    final LatencyHistogram request = new LatencyHistogram(OF_UPSTREAMS);
    final LatencyHistogram gateway = new LatencyHistogram(OF_KONG);
    final LatencyHistogram upstream = new LatencyHistogram(OF_UPSTREAMS);

    void record(int status, FinishedRequest.Latencies latencies) {
        // The time that a WebSocket was open is no duration of a request.
        if (status != SWITCHING_PROTOCOLS) {
            request.record(latencies.total());
        }
        gateway.record(latencies.gateway());
        upstream.record(latencies.upstream());
    }
}
