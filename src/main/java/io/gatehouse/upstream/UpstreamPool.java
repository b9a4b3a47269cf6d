package io.gatehouse.upstream;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one address. For everyone who waits a connection is being made, or there are as many
 * as there may be; whichever is free first goes to whoever has waited longest.
 */
final class UpstreamPool {
    /** Bytes of requests that wait for a connection to take them. Its system's buffer is beside it and absorbs a pause. */
    private static final WriteBufferWaterMark QUEUED = new WriteBufferWaterMark(8 * 1024, 16 * 1024);

    private final VertxInternal vertx;
    private final ContextInternal context;
    private final NetClient client;
    private final UpstreamAddress address;
    private final UpstreamConnections.Limits limits;

    /** The one used last comes first, so that those not needed become old. */
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();

    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    /** Idle, lent, and being made. */
    private int connections;

    private int beingMade;

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

    private final class Waiter implements Handler<Long> {
        /** Completes in the context of the request that waits. */
        private final Promise<UpstreamConnection> promise = vertx.promise();

        private final int millis;
        private long timer;

        Waiter(int millis) {
            this.millis = millis;
        }

        Future<UpstreamConnection> start() {
            timer = vertx.setTimer(millis, this);
            return promise.future();
        }

        @Override
        public void handle(Long over) {
            waiters.remove(this);
            String what = " to " + address.server() + " for " + millis + " ms";
            promise.fail(
                    beingMade > 0
                            ? new ConnectTimeoutException("no connection" + what)
                            : new TimeoutException("no connection free" + what));
        }
    }

    /** An idle connection; null when there is none. */
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
     * The next connection there is. Fails with {@link TimeoutException} when none is free in time, with {@link
     * ConnectionPoolTooBusyException} when too many wait already, and with what became of an attempt to connect, which is a
     * {@link ConnectTimeoutException} where nothing has.
     */
    Future<UpstreamConnection> next(int timeoutMillis) {
        boolean full = connections >= limits.connections();
        if (full && waiters.size() >= limits.waiting()) {
            return Future.failedFuture(
                    new ConnectionPoolTooBusyException("as many as may wait for " + address.server() + " do"));
        }
        Waiter waiter = new Waiter(timeoutMillis);
        waiters.add(waiter);
        if (!full) {
            // Whatever is being made already: the one who waited for that may have given up because it gets nowhere.
            connect(timeoutMillis);
        }
        return waiter.start();
    }

    private void connect(int timeoutMillis) {
        connections++;
        beingMade++;
        // Not in the context of a request: the connection outlives it.
        context.runOnContext(turn -> dial(timeoutMillis).onComplete(this::made, this::notMade));
    }

    private Future<NetSocket> dial(int timeoutMillis) {
        try {
            return client.connect(address.connectOptions().setTimeout(timeoutMillis));
        } catch (IllegalStateException stopped) {
            return Future.failedFuture(stopped);
        }
    }

    private void made(NetSocket socket) {
        beingMade--;
        ChannelPipeline pipeline =
                ((NetSocketInternal) socket).channelHandlerContext().pipeline();
        pipeline.channel().config().setWriteBufferWaterMark(QUEUED);
        for (ChannelHandler handler : pipeline.toMap().values()) {
            // The socket's own give way to ours.
            if (!(handler instanceof SslHandler)) {
                pipeline.remove(handler);
            }
        }
        UpstreamConnection made =
                new UpstreamConnection(this, context, limits.keepAlive().toNanos());
        Http1Codec.addTo(pipeline, limits, made);
        made.idleFrom(System.nanoTime());
        free(made);
    }

    private void notMade(Throwable failure) {
        beingMade--;
        connections--;
        // Whoever it was for may have given up, or had another: then it is nobody's failure.
        Waiter waiter = beingMade < waiters.size() ? waiters.poll() : null;
        connectForWaiters();
        if (waiter != null) {
            vertx.cancelTimer(waiter.timer);
            waiter.promise.fail(failure);
        }
    }

    private void connectForWaiters() {
        while (beingMade < waiters.size() && connections < limits.connections()) {
            connect(waiters.element().millis);
        }
    }

    /** The connection is there for whoever comes next. */
    void free(UpstreamConnection connection) {
        Waiter waiter = waiters.poll();
        if (waiter == null) {
            idle.push(connection);
        } else {
            vertx.cancelTimer(waiter.timer);
            waiter.promise.complete(connection);
        }
    }

    /** The connection is closed, or about to be. */
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

    /** Whether it may be forgotten. */
    boolean isEmpty() {
        return connections == 0 && waiters.isEmpty();
    }
}
