package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.Peer;
import io.gatehouse.proxy.client.ClientLeft;
import io.gatehouse.upstream.Http2Request;
import io.gatehouse.upstream.NoFreeConnection;
import io.gatehouse.upstream.UpstreamAddress;
import io.gatehouse.upstream.UpstreamConnection;
import io.gatehouse.upstream.UpstreamConnections;
import io.gatehouse.upstream.UpstreamHead;
import io.gatehouse.upstream.UpstreamRequest;
import io.netty.channel.ConnectTimeoutException;
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
     * Opens a request: on an idle connection at once, otherwise when a connection is free. Returns what ends the wait of a request whose
     * client has left, and fails the caller; null if there is no wait.
     *
     * @param peer of the Service's Upstream; null if it has none
     * @param handshake null unless the request asks for a WebSocket
     * @param now when the attempt begins, by {@link System#nanoTime}
     */
    @Nullable
    Runnable request(
            ServiceDestination target,
            @Nullable Peer peer,
            UpstreamHead head,
            @Nullable Handshake handshake,
            long now,
            Caller caller) {
        if (target.isGrpc()) {
            RequestOptions options =
                    target.options(peer).setMethod(head.method()).setURI(head.uri());
            Waiter waiter = new Waiter(caller);
            clients.of(target, peer)
                    .request(options)
                    .compose(request -> Http2Request.on(request, head))
                    .onComplete(waiter::opened, failure -> waiter.failed(classified(failure, peer)));
            return waiter;
        }
        UpstreamAddress address = target.address(peer);
        UpstreamConnection idle = connections.idle(address, now);
        if (idle != null) {
            caller.opened(request(idle, head, handshake));
            return null;
        }
        UpstreamConnections.Waiting waiting =
                connections.next(address, target.service().connectTimeout());
        waiting.connection()
                .onComplete(connection -> caller.opened(request(connection, head, handshake)), caller::failed);
        return waiting::leave;
    }

    /** Waits in a pool of Vert.x, which has no way to leave it: what is left there does not keep the request. */
    private static final class Waiter implements Caller, Runnable {
        private @Nullable Caller caller;

        Waiter(Caller caller) {
            this.caller = caller;
        }

        @Override
        public void opened(UpstreamRequest request) {
            Caller waiting = caller;
            caller = null;
            if (waiting == null) {
                request.abort(new ClientLeft());
            } else {
                waiting.opened(request);
            }
        }

        @Override
        public void failed(Throwable failure) {
            Caller waiting = caller;
            caller = null;
            if (waiting != null) {
                waiting.failed(failure);
            }
        }

        @Override
        public void run() {
            failed(new ClientLeft());
        }
    }

    /**
     * Returns why the peer of a balancer could not be called. Vert.x reports one failure when the time is over: whether a connection is
     * being made, which may be tried at another peer, or all streams of open ones are in use.
     */
    private Throwable classified(Throwable failure, @Nullable Peer peer) {
        if (peer == null || !(failure instanceof TimeoutException)) {
            return failure;
        }
        return clients.isConnectedTo(peer.address())
                ? new NoFreeConnection("no free stream to " + peer.address(), false)
                : new ConnectTimeoutException("no connection to " + peer.address());
    }

    private static UpstreamRequest request(
            UpstreamConnection connection, UpstreamHead head, @Nullable Handshake handshake) {
        return handshake == null ? connection.request(head) : connection.upgrade(head, handshake::isAgreed);
    }
}
