/**
 * Counts and times the traffic of the proxies, and exports the figures to Prometheus.
 *
 * <p>Event loops write without locks. Nothing here affects a request.
 *
 * <p>Start with {@link RouteMeters} and {@link TrafficCollector}.
 */
@NullMarked
package io.gatehouse.proxy.traffic;

import org.jspecify.annotations.NullMarked;
