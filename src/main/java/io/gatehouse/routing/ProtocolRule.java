package io.gatehouse.routing;

import io.gatehouse.entity.Route;
import java.util.Set;

/**
 * States what the {@code protocols} of a route require of a request that has matched it.
 *
 * <p><i>Why</i>: as in Kong, protocols do not decide which route a request matches. A request in clear text must not reach a
 * lower route that may need no token.
 */
public enum ProtocolRule {
    /** Any HTTP request, over TLS or not. */
    NONE,
    /** Any request over TLS. */
    HTTPS,
    /** A gRPC call. */
    GRPC,
    /** A gRPC call over TLS. */
    GRPCS;

    private static final Set<String> HTTP_PROTOCOLS = Set.of("http", "https", "grpc", "grpcs");

    /** Returns the rule of a route that {@link #isHttp}. */
    public static ProtocolRule of(Route route) {
        Set<String> protocols = route.protocols();
        if (protocols.contains("grpc")) {
            return GRPC;
        }
        if (protocols.contains("grpcs")) {
            return GRPCS;
        }
        return protocols.contains("https") && !protocols.contains("http") ? HTTPS : NONE;
    }

    /** Whether the route is for requests of HTTP; any other is for connections. */
    public static boolean isHttp(Route route) {
        return route.protocols().stream().anyMatch(HTTP_PROTOCOLS::contains);
    }
}
