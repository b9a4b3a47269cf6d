package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the values of a request that the metrics of {@code statsd} and {@code datadog} share. */
final class StatValue {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final Map<String, String> NAMES = Map.of(
            "request_count", "request.count",
            "request_size", "request.size",
            "response_size", "response.size",
            "latency", "latency",
            "upstream_latency", "upstream_latency",
            "kong_latency", "kong_latency");

    private StatValue() {}

    /** Returns the name under which a metric is sent; null if it is no value of a request. */
    static @Nullable String name(String metric) {
        return NAMES.get(metric);
    }

    /** Returns the value of a metric that has a name; negative if the request has none. Latencies are in milliseconds. */
    static long of(String metric, FinishedRequest request) {
        FinishedRequest.Latencies latencies = request.latencies();
        return switch (metric) {
            case "request_size" -> request.requestBytes();
            case "response_size" -> request.responseBytes();
            case "latency" -> latencies.total() / NANOS_PER_MILLI;
            case "kong_latency" -> latencies.gateway() / NANOS_PER_MILLI;
            case "upstream_latency" -> latencies.upstream() < 0 ? -1 : latencies.upstream() / NANOS_PER_MILLI;
            default -> 1;
        };
    }
}
