package io.gatehouse.upstream;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Manages the connections of one event loop to one address. Waiters are served in FIFO order.
 *
 * <p><i>Invariant</i>: there are at least as many pending connects as waiters, unless the pool is at its limit.
 */
final class UpstreamPool {
    /** Bytes of requests that wait for a connection to take them. Its system's buffer is beside it and absorbs a pause. */
    private static final WriteBufferWaterMark QUEUED = new WriteBufferWaterMark(8 * 1024, 16 * 1024);

    private final VertxInternal vertx;
    private final ContextInternal context;
    private final NetClient client;
    private final UpstreamAddress address;
    private final UpstreamConnections.Limits limits;

    /** The connection used last comes first, so that surplus ones expire. */
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();

    /** In FIFO order. A set, because any of them may leave. */
    private final Set<Waiter> waiters = new LinkedHashSet<>();

    /** Idle, lent and pending ones. */
    private int connections;

    private int connecting;

    UpstreamPool(
            VertxInternal vertx,
            ContextInternal context,
            NetClient client,
            UpstreamAddress address,
            UpstreamConnections.Limits limits) {
        this.vertx = vertx;
        this.context = context;
        this.client = client;
        this.address = address;
        this.limits = limits;
    }

    private final class Waiter implements UpstreamConnections.Waiting, Handler<Long> {
        /** Completes in the context of the waiting request. */
        private final Promise<UpstreamConnection> promise = vertx.promise();

        private final int millis;
        private long timer;
        /** Whether a connect was pending for it when the wait began. Clients cannot make it wait for others then. */
        private boolean connects;

        Waiter(int millis) {
            this.millis = millis;
        }

        Waiter start() {
            connects = connecting >= waiters.size();
            timer = vertx.setTimer(millis, this);
            return this;
        }

        @Override
        public Future<UpstreamConnection> connection() {
            return promise.future();
        }

        @Override
        public void leave() {
            if (waiters.remove(this)) {
                vertx.cancelTimer(timer);
                promise.fail(new VertxException("the request ended before it had a connection", true));
            }
        }

        @Override
        public void handle(Long over) {
            waiters.remove(this);
            String connection = " to " + address.server() + " within " + millis + " ms";
            promise.fail(
                    connects && connecting > 0
                            ? new ConnectTimeoutException("no connection" + connection)
                            : new NoFreeConnection("no free connection" + connection, connecting > 0));
        }
    }

    /** Too many others wait. */
    private record Refused(Future<UpstreamConnection> connection) implements UpstreamConnections.Waiting {
        @Override
        public void leave() {}
    }

    /** Returns an idle connection; null if there is none. */
    @Nullable
    UpstreamConnection idle(long now) {
        UpstreamConnection connection = idle.poll();
        while (connection != null && connection.isExpired(now)) {
            connection.close();
            connection = idle.poll();
        }
        return connection;
    }

    /**
     * Waits for a connection. Fails with {@link NoFreeConnection} if none is free in time, with {@link
     * ConnectionPoolTooBusyException} if too many requests wait, and with the failure of an attempt to connect. That is a {@link
     * ConnectTimeoutException} if the attempt was pending for the whole wait. One that began later, because another request ended its
     * connection, has not had the time.
     */
    UpstreamConnections.Waiting next(int timeoutMillis) {
        boolean full = connections >= limits.connections();
        if (full && waiters.size() >= limits.waiting()) {
            return new Refused(Future.failedFuture(new ConnectionPoolTooBusyException(
                    "too many requests wait for a connection to " + address.server())));
        }
        Waiter waiter = new Waiter(timeoutMillis);
        waiters.add(waiter);
        if (!full) {
            // Also if a connect is pending: its waiter may have timed out because the connect makes no progress.
            connect(timeoutMillis);
        }
        return waiter.start();
    }

    private void connect(int timeoutMillis) {
        connections++;
        connecting++;
        // Not in the context of a request, which the connection outlives.
        context.runOnContext(turn -> dial(timeoutMillis).onComplete(this::connected, this::failed));
    }

    private Future<NetSocket> dial(int timeoutMillis) {
        try {
            return client.connect(address.connectOptions().setTimeout(timeoutMillis));
        } catch (IllegalStateException stopped) {
            return Future.failedFuture(stopped);
        }
    }

    private void connected(NetSocket socket) {
        connecting--;
        ChannelPipeline pipeline =
                ((NetSocketInternal) socket).channelHandlerContext().pipeline();
        pipeline.channel().config().setWriteBufferWaterMark(QUEUED);
        for (ChannelHandler handler : pipeline.toMap().values()) {
            // Vert.x's handlers are replaced by the gateway's.
            if (!(handler instanceof SslHandler)) {
                pipeline.remove(handler);
            }
        }
        UpstreamConnection connection =
                new UpstreamConnection(this, context, limits.keepAlive().toNanos());
        Http1Codec.addTo(pipeline, limits, connection);
        connection.idleFrom(System.nanoTime());
        free(connection);
    }

    private void failed(Throwable failure) {
        connecting--;
        connections--;
        // The waiter may have timed out, or have another connection. Then the failure has no waiter.
        Waiter waiter = connecting < waiters.size() ? poll() : null;
        connectForWaiters();
        if (waiter != null) {
            vertx.cancelTimer(waiter.timer);
            waiter.promise.fail(failure);
        }
    }

    private void connectForWaiters() {
        while (connecting < waiters.size() && connections < limits.connections()) {
            connect(waiters.iterator().next().millis);
        }
    }

    private @Nullable Waiter poll() {
        Iterator<Waiter> first = waiters.iterator();
        if (!first.hasNext()) {
            return null;
        }
        Waiter waiter = first.next();
        first.remove();
        return waiter;
    }

    /** Passes a free connection to the first waiter, or keeps it idle. */
    void free(UpstreamConnection connection) {
        Waiter waiter = poll();
        if (waiter == null) {
            idle.push(connection);
        } else {
            vertx.cancelTimer(waiter.timer);
            waiter.promise.complete(connection);
        }
    }

    /** Removes a connection that is closed, or about to be. */
    void lost(UpstreamConnection connection) {
        connections--;
        idle.remove(connection);
        connectForWaiters();
    }

    void closeExpired(long now) {
        List<UpstreamConnection> expired = new ArrayList<>();
        for (UpstreamConnection connection : idle) {
            if (connection.isExpired(now)) {
                expired.add(connection);
            }
        }
        expired.forEach(UpstreamConnection::close);
    }

    /** Whether the pool has neither connections nor waiters. */
    boolean isEmpty() {
        return connections == 0 && waiters.isEmpty();
    }
}
