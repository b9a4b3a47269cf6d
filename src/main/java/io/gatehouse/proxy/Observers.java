package io.gatehouse.proxy;

import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.telemetry.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * What the proxies of a node tell their traffic to.
 *
 * @param counters of all listeners together
 * @param meters of each route
 * @param outages of whoever tells whether a credential is good
 * @param tracing null when spans are not exported
 */
public record Observers(
        TrafficCounters counters,
        TrafficMeters meters,
        OutageLog outages,
        @Nullable Tracing tracing) {}
