package io.gatehouse.proxy;

import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.telemetry.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * The meters and logs that all proxies of a node share.
 *
 * @param counters of all listeners together
 * @param meters of each route
 * @param outages logs requests that fail because the state of credentials is unavailable
 * @param tracing null if spans are not exported
 */
public record Observers(
        TrafficCounters counters,
        TrafficMeters meters,
        OutageLog outages,
        @Nullable Tracing tracing) {}
