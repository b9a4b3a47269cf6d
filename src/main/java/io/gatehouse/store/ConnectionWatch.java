package io.gatehouse.store;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.impl.pool.SqlConnectionPool.PooledConnection;
import io.vertx.sqlclient.internal.SqlConnectionBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Nearest to the socket of a connection, where it does two things the driver does not.
 *
 * <p>It ends a connection on which the server has not answered for so long: it leads to a host or a network that is gone, or
 * to a process that stands still. In place of an idle timeout of the driver's, which closes by saying goodbye and waiting for
 * the server to hang up, so that nothing ends before the kernel gives up, a quarter of an hour later; and which counts from
 * the last answer rather than the first question without one, so that it also ends connections nobody has asked anything.
 *
 * <p>And it has the pool forget a connection that has ended before whoever used it is told. The driver tells them first: the
 * connection is handed on to the next who waits, who fails as well and hands it on, until nobody waits any more.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Who asked hears of a failure from the driver.
final class ConnectionWatch extends ChannelDuplexHandler {
    private static final long NOTHING_ASKED = 0;

    private final PooledConnection connection;
    private final Duration limit;
    private long askedNanos = NOTHING_ASKED;
    private boolean watching;

    private ConnectionWatch(PooledConnection connection, Duration limit) {
        this.connection = connection;
        this.limit = limit;
    }

    /** Watches a connection of a pool from now on, which is when it has been made. */
    static void on(SqlConnection connection, Duration limit) {
        PooledConnection pooled = (PooledConnection) ((SqlConnectionBase<?>) connection).unwrap();
        ChannelPipeline pipeline = ((SocketConnectionBase) pooled.unwrap())
                .socket()
                .channelHandlerContext()
                .pipeline();
        if (pipeline.get(IdleStateHandler.class) != null) {
            pipeline.remove(IdleStateHandler.class);
        }
        // Nearer to the socket than whoever says goodbye.
        pipeline.addFirst(new ConnectionWatch(pooled, limit));
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (askedNanos == NOTHING_ASKED) {
            askedNanos = System.nanoTime();
            watch(context, limit.toNanos());
        }
        context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        askedNanos = NOTHING_ASKED;
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connection.handleClosed();
        context.fireChannelInactive();
    }

    private void watch(ChannelHandlerContext context, long nanos) {
        if (!watching) {
            watching = true;
            context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void look(ChannelHandlerContext context) {
        watching = false;
        if (askedNanos == NOTHING_ASKED || !context.channel().isOpen()) {
            return;
        }
        long left = askedNanos + limit.toNanos() - System.nanoTime();
        if (left > 0) {
            watch(context, left);
        } else {
            context.close();
        }
    }
}
