package io.gatehouse.proxy.forward;

import io.gatehouse.config.ClientLimits;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.tunnel.Tunnels;
import io.gatehouse.upstream.UpstreamConnections;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * Sends a request to its upstream and streams the answer back, with backpressure both ways. Runs for every proxied
 * request.
 */
public final class UpstreamForwarder {
    private final Vertx vertx;
    private final UpstreamClients clients;
    private final UpstreamConnections connections;
    private final Tunnels tunnels;
    private final UpstreamTimeouts timeouts;
    private final ClientLimits limits;

    /** Must be called on the event loop that will use it. */
    public UpstreamForwarder(
            Vertx vertx,
            UpstreamClients clients,
            UpstreamConnections connections,
            Tunnels tunnels,
            ClientLimits limits) {
        this.vertx = vertx;
        this.clients = clients;
        this.connections = connections;
        this.tunnels = tunnels;
        this.timeouts = new UpstreamTimeouts(vertx);
        this.limits = limits;
    }

    /**
     * Forwards the request; completes when the response is written. Fails with a {@link ProxyException} as long as nothing
     * was written; a failure after that ends the connection, so that a truncated answer never looks complete.
     */
    public Future<Void> forward(ProxyExchange exchange, ServiceDestination target, UpstreamCall call) {
        exchange.upstreamStarts(System.nanoTime());
        if (exchange.trace() != null) {
            exchange.trace().upstreamStarts(exchange.method(), target.host(), target.port());
        }
        RequestBody body = new RequestBody(vertx, exchange);
        // gRPC has no WebSockets: there the request is served as if it had asked for none.
        Handshake handshake = target.isGrpc() ? null : Handshake.of(exchange, tunnels);
        return new Forwarding(exchange, target, call, body, clients, connections, timeouts, limits, handshake).start();
    }
}
