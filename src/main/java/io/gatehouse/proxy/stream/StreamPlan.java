package io.gatehouse.proxy.stream;

import io.gatehouse.entity.Route;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.traffic.StreamCounters;
import org.jspecify.annotations.Nullable;

/**
 * The data that a connection on a route needs, computed when the configuration changes.
 *
 * @param destination null if the route is not served
 * @param counters count the connections of the route
 */
record StreamPlan(Route route, @Nullable ServiceDestination destination, StreamCounters counters) {
    private static final String PASSTHROUGH = "tls_passthrough";

    /** Whether the bytes of a TLS connection reach the upstream as the client has encrypted them. */
    boolean isPassthrough() {
        return route.protocols().contains(PASSTHROUGH);
    }

    /** Returns why the route does not serve a connection; null if it does. */
    @Nullable
    Ending refusal(boolean isTls) {
        if (destination == null) {
            return Ending.NOT_SERVED;
        }
        return isTls || route.protocols().contains("tcp") ? null : Ending.TLS_REQUIRED;
    }

    static boolean isPassthrough(String protocol) {
        return protocol.equals(PASSTHROUGH);
    }
}
