package io.gatehouse.upstream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the HTTP/1.1 connections of one event loop to all upstreams. They persist across requests (RFC 9112 §9.3;
 * docs/reference/proxy.md#the-upstream-request).
 *
 * <p><i>Threading</i>: used by its event loop alone, without locks.
 *
 * <p><i>Why</i>: the key is the address, not the configuration. A new configuration reuses connections; unused ones close when their
 * keep-alive is over.
 */
public final class UpstreamConnections {
    /** An expired connection is closed at most this late. It is not used in between. */
    private static final long SWEEP_MILLIS = 1_000;

    private final VertxInternal vertx;
    private final ContextInternal context;
    private final NetClient client;
    private final Limits limits;
    private final Map<UpstreamAddress, UpstreamPool> pools = new HashMap<>();

    /**
     * The limits of one address, and of one response.
     *
     * @param waiting requests that may wait for a connection
     * @param keepAlive how long an idle connection is kept, unless its upstream keeps it shorter
     * @param lineBytes of a status line, and of a line between chunks
     * @param headerBytes of the headers of a response
     */
    public record Limits(int connections, int waiting, Duration keepAlive, int lineBytes, int headerBytes) {}

    /** Represents a request that waits for a connection. */
    public interface Waiting {
        Future<UpstreamConnection> connection();

        /** Ends the wait of a request that has ended, and fails the future. Has no effect once that is complete. */
        void leave();
    }

    /** Must be called on the event loop that will use them. */
    public UpstreamConnections(Vertx vertx, Limits limits) {
        this.vertx = (VertxInternal) vertx;
        this.context = this.vertx.getOrCreateContext();
        this.client = vertx.createNetClient();
        this.limits = limits;
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
    }

    /** Returns an idle connection, which the caller must send a request on; null if there is none. */
    public @Nullable UpstreamConnection idle(UpstreamAddress address, long now) {
        UpstreamPool pool = pools.get(address);
        return pool == null ? null : pool.idle(now);
    }

    /**
     * Waits for a connection, which the caller must send a request on. To be called if there is no idle one. Fails with {@link
     * java.util.concurrent.TimeoutException} if none is free in time, with {@link
     * io.vertx.core.http.ConnectionPoolTooBusyException} if too many requests wait, and with the failure of an attempt to connect,
     * such as {@link io.netty.channel.ConnectTimeoutException}.
     */
    public Waiting next(UpstreamAddress address, int timeoutMillis) {
        return pools.computeIfAbsent(address, to -> new UpstreamPool(vertx, context, client, to, limits))
                .next(timeoutMillis);
    }

    /** Returns the number of addresses with connections. */
    int addresses() {
        return pools.size();
    }

    private void sweep() {
        long now = System.nanoTime();
        pools.values().forEach(pool -> pool.closeExpired(now));
        pools.values().removeIf(UpstreamPool::isEmpty);
    }
}
