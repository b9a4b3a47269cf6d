package io.gatehouse.admin.call;

import io.gatehouse.config.ListenAddress;
import io.vertx.core.net.SocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names the listeners of the proxy in this process.
 *
 * @param http the listener in clear text with its actual port; null if this node has none, or it is not open yet
 * @param https the same of the listener with TLS
 * @param realIpHeader the header in which the proxy may find the address of a client
 */
public record OwnProxy(
        Supplier<@Nullable ListenAddress> http, Supplier<@Nullable ListenAddress> https, String realIpHeader) {

    /** Returns the address of a listener for a client in this process; null if there is no such listener. */
    @Nullable
    SocketAddress address(boolean isTls) {
        ListenAddress listener = isTls ? https.get() : http.get();
        return listener == null ? null : SocketAddress.inetSocketAddress(listener.port(), host(listener.host()));
    }

    /** Returns loopback in place of a wildcard address, at which this process listens for certain. */
    private static String host(String bound) {
        return switch (bound) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> bound;
        };
    }
}
