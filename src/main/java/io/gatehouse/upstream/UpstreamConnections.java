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
 * The HTTP/1.1 connections of one event loop to all upstreams, used by it alone and so without locks. They persist from
 * request to request (RFC 9112 §9.3; docs/reference/proxy.md#the-upstream-request) and are known by their address, not by the configuration: what
 * both the old one and the new one lead to keeps its connections, and those to anything else close as their time is over.
 */
public final class UpstreamConnections {
    /** An idle connection is closed that much late at most. Until then it is not used either. */
    private static final long SWEEP_MILLIS = 1_000;

    private final VertxInternal vertx;
    private final ContextInternal context;
    private final NetClient client;
    private final Limits limits;
    private final Map<UpstreamAddress, UpstreamPool> pools = new HashMap<>();

    /**
     * What is allowed for one address, and for one answer.
     *
     * @param waiting requests, when there are all the connections
     * @param keepAlive how long an idle connection is kept, unless its upstream keeps it shorter
     * @param lineBytes of an answer's status line, and of a line between chunks
     * @param headerBytes of an answer's headers
     */
    public record Limits(int connections, int waiting, Duration keepAlive, int lineBytes, int headerBytes) {}

    /** Must be called on the event loop that will use them. */
    public UpstreamConnections(Vertx vertx, Limits limits) {
        this.vertx = (VertxInternal) vertx;
        this.context = this.vertx.getOrCreateContext();
        this.client = vertx.createNetClient();
        this.limits = limits;
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep());
    }

    /** An idle connection, which is the caller's to send a request on; null when there is none. */
    public @Nullable UpstreamConnection idle(UpstreamAddress address, long now) {
        UpstreamPool pool = pools.get(address);
        return pool == null ? null : pool.idle(now);
    }

    /**
     * The next connection there is, when there is no idle one; the caller's to send a request on. Fails with {@link
     * java.util.concurrent.TimeoutException} when none is free in time, with {@link
     * io.vertx.core.http.ConnectionPoolTooBusyException} when too many wait already, and with what became of an attempt to
     * connect, {@link io.netty.channel.ConnectTimeoutException} among it.
     */
    public Future<UpstreamConnection> next(UpstreamAddress address, int timeoutMillis) {
        return pools.computeIfAbsent(address, to -> new UpstreamPool(vertx, context, client, to, limits))
                .next(timeoutMillis);
    }

    /** How many addresses there are connections to. */
    int addresses() {
        return pools.size();
    }

    private void sweep() {
        long now = System.nanoTime();
        pools.values().forEach(pool -> pool.closeExpired(now));
        pools.values().removeIf(UpstreamPool::isEmpty);
    }
}
