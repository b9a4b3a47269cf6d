package io.gatehouse.proxy.forward;

import io.gatehouse.config.ClientLimits;
import io.gatehouse.config.ResponseField;
import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.RequestRemainder;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.exchange.ReadBodies;
import io.gatehouse.proxy.tunnel.Tunnels;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Set;

/**
 * Forwards requests to upstreams and streams the responses back, with backpressure both ways. Runs for every proxied request.
 *
 * <p><i>Threading</i>: used by one event loop alone.
 */
public final class UpstreamForwarder {
    final Upstreams upstreams;
    final UpstreamTimeouts timeouts;
    final RequestRemainder remainder;
    final ClientLimits limits;
    final ResponseHeaders responses;
    final UnsentBudget downloads;
    final ReadBodies collected;
    private final Vertx vertx;
    private final Tunnels tunnels;

    /**
     * Must be called on the event loop that will use it.
     *
     * @param added the fields that responses get
     * @param downloads bounds the bytes of responses that clients have not taken
     * @param collected bounds the bytes of responses that plugins hold back
     */
    public UpstreamForwarder(
            Vertx vertx,
            Upstreams upstreams,
            Tunnels tunnels,
            RequestRemainder remainder,
            ClientLimits limits,
            Set<ResponseField> added,
            UnsentBudget downloads,
            ReadBodies collected) {
        this.vertx = vertx;
        this.upstreams = upstreams;
        this.tunnels = tunnels;
        this.timeouts = new UpstreamTimeouts(vertx);
        this.remainder = remainder;
        this.limits = limits;
        this.responses = new ResponseHeaders(added);
        this.downloads = downloads;
        this.collected = collected;
    }

    /** Returns what bounds the bytes that the peers of this event loop have not taken. */
    public UnsentBudget unsent() {
        return downloads;
    }

    /**
     * Forwards the request. Completes when the response is written. Fails with a {@link ProxyException} if nothing was written.
     * Any later failure ends the client's connection or stream, so that a truncated response never looks complete.
     */
    public Future<Void> forward(ProxyExchange exchange, ServiceDestination target, UpstreamCall call) {
        exchange.upstreamStarts(System.nanoTime());
        if (exchange.forwardingRecord() != null) {
            exchange.forwardingRecord().target(call.uri());
        }
        if (exchange.trace() != null) {
            exchange.trace()
                    .upstreamStarts(
                            exchange.method(),
                            target.tls() == null ? "http" : "https",
                            target.host(),
                            target.port(),
                            call.uri());
        }
        RequestBody body = new RequestBody(vertx, exchange);
        // gRPC has no WebSockets, so its requests are forwarded without the upgrade.
        Handshake handshake = target.isGrpc() ? null : Handshake.of(exchange, tunnels);
        return new Forwarding(this, exchange, target, call, body, handshake).start();
    }
}
