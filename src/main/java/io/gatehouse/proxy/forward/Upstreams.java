package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.Peer;
import io.gatehouse.upstream.Http2Request;
import io.gatehouse.upstream.NoFreeConnection;
import io.gatehouse.upstream.UpstreamAddress;
import io.gatehouse.upstream.UpstreamConnection;
import io.gatehouse.upstream.UpstreamConnections;
import io.gatehouse.upstream.UpstreamHead;
import io.gatehouse.upstream.UpstreamRequest;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens requests to upstreams: HTTP/1.1 on the gateway's own connections, HTTP/2 on those of Vert.x's client.
 *
 * <p><i>Threading</i>: used by one event loop alone.
 */
public final class Upstreams {
    private final UpstreamClients clients;
    private final UpstreamConnections connections;

    public Upstreams(UpstreamClients clients, UpstreamConnections connections) {
        this.clients = clients;
        this.connections = connections;
    }

    /** Receives the opened request. A callback, because a future for each request would be one more object. */
    interface Caller {
        void opened(UpstreamRequest request);

        void failed(Throwable failure);
    }

    /**
     * Opens a request: on an idle connection at once, otherwise when a connection is free.
     *
     * @param peer of the Service's Upstream; null if it has none
     * @param handshake null unless the request asks for a WebSocket
     * @param now when the attempt begins, by {@link System#nanoTime}
     */
    void request(
            ServiceDestination target,
            @Nullable Peer peer,
            UpstreamHead head,
            @Nullable Handshake handshake,
            long now,
            Caller caller) {
        if (target.isGrpc()) {
            RequestOptions options =
                    target.options(peer).setMethod(head.method()).setURI(head.uri());
            clients.of(target)
                    .request(options)
                    .compose(request -> Http2Request.on(request, head))
                    .onComplete(caller::opened, failure -> caller.failed(classified(failure, peer)));
            return;
        }
        UpstreamAddress address = target.address(peer);
        UpstreamConnection idle = connections.idle(address, now);
        if (idle != null) {
            caller.opened(request(idle, head, handshake));
            return;
        }
        connections
                .next(address, target.service().connectTimeout())
                .onComplete(connection -> caller.opened(request(connection, head, handshake)), caller::failed);
    }

    private Throwable classified(Throwable failure, @Nullable Peer peer) {
        return failure instanceof TimeoutException && peer != null && clients.isConnectedTo(peer.address())
                ? new NoFreeConnection("no free stream to " + peer.address())
                : failure;
    }

    private static UpstreamRequest request(
            UpstreamConnection connection, UpstreamHead head, @Nullable Handshake handshake) {
        return handshake == null ? connection.request(head) : connection.upgrade(head, handshake::isAgreed);
    }
}
