package io.gatehouse.proxy.stream;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.HashKey;
import io.gatehouse.balancer.Peer;
import io.gatehouse.entity.Upstream;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.forward.UpstreamFailure;
import io.vertx.core.Future;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Connects a session to its upstream, in one attempt or several. An attempt fails before a byte is sent, so every one may be repeated.
 *
 * <p><i>Invariant</i>: each peer that {@code began} has {@code ended} when its attempt has failed, or with {@link #release}.
 */
final class UpstreamDial {
    /** Receives the outcome of all attempts. */
    interface Caller {
        /** Whether the client has left, so that no further attempt is made. */
        boolean isOver();

        void connected(NetSocket socket);

        void failed(Ending reason);
    }

    private final NetClient client;
    private final ServiceDestination destination;
    private final long hashKey;
    private final Caller caller;
    private final List<Peer> tried = new ArrayList<>(1);
    private int retriesLeft;
    private @Nullable Peer peer;
    private long attemptNanos;

    /** {@code clientAddress} is the input of consistent hashing. */
    UpstreamDial(NetClient client, ServiceDestination destination, String clientAddress, Caller caller) {
        this.client = client;
        this.destination = destination;
        this.hashKey = hashKey(destination.balancer(), clientAddress);
        this.caller = caller;
        this.retriesLeft = destination.service().retries();
    }

    /** Returns the key of consistent hashing. A connection has no input but the client's address. */
    private static long hashKey(@Nullable Balancer balancer, String clientAddress) {
        if (balancer == null || !balancer.upstream().algorithm().equals("consistent-hashing")) {
            return 0;
        }
        Upstream upstream = balancer.upstream();
        boolean byAddress = upstream.hashOn().kind().equals("ip")
                || upstream.hashFallback().kind().equals("ip");
        return byAddress
                ? HashKey.of(clientAddress)
                : ThreadLocalRandom.current().nextLong();
    }

    /** Begins the first attempt. Must be called in the context of the verticle. */
    void start() {
        Balancer balancer = destination.balancer();
        if (caller.isOver()) {
            caller.failed(Ending.CLIENT_LEFT);
            return;
        }
        if (balancer != null) {
            peer = balancer.choose(hashKey, tried);
            if (peer == null) {
                caller.failed(Ending.NO_PEER);
                return;
            }
            balancer.began(peer);
        }
        attemptNanos = System.nanoTime();
        connect().onComplete(this::connected, this::failed);
    }

    private Future<NetSocket> connect() {
        try {
            return client.connect(destination
                    .address(peer)
                    .connectOptions()
                    .setTimeout(destination.service().connectTimeout()));
        } catch (IllegalStateException stopped) {
            retriesLeft = 0;
            return Future.failedFuture(stopped);
        }
    }

    private void connected(NetSocket socket) {
        if (peer != null && destination.balancer() != null) {
            destination.balancer().connected(peer, System.nanoTime() - attemptNanos);
        }
        caller.connected(socket);
    }

    private void failed(Throwable failure) {
        Peer failed = peer;
        release();
        if (failed != null && destination.balancer() != null) {
            UpstreamFailure.count(failure, destination.balancer(), failed);
            tried.add(failed);
        }
        if (retriesLeft > 0) {
            retriesLeft--;
            start();
        } else {
            caller.failed(UpstreamFailure.isTimeout(failure) ? Ending.CONNECT_TIMEOUT : Ending.UNREACHABLE);
        }
    }

    /** Ends the peer's part in the session. Has no effect the second time. */
    void release() {
        Peer left = peer;
        peer = null;
        if (left != null && destination.balancer() != null) {
            destination.balancer().ended(left);
        }
    }
}
