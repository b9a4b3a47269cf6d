package io.gatehouse.routing;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a connection that a Route is matched against.
 *
 * @param source the client's address
 * @param destination the address that the client has connected to
 * @param destinationPort the port that the client has connected to; a port mapping may stand before the listener
 * @param serverName of the TLS handshake; null without TLS, and if the client sends none
 */
public record StreamPeers(
        InetSocketAddress source,
        InetSocketAddress destination,
        int destinationPort,
        @Nullable String serverName) {}
