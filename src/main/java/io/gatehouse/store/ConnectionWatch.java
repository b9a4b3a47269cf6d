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
 * Netty handler, nearest to the socket, that ends an unresponsive connection and removes an ended one from the pool.
 *
 * <p>A connection is unresponsive if the server has sent nothing for the limit since the oldest statement without a response:
 * the host or network is down, or the process is paused.
 *
 * <p><i>Why</i> not the driver's idle timeout: it closes with a message and waits for the server to close, which takes until
 * the kernel's timeout of 15 min. It also counts from the last response, so it ends connections without a statement in flight.
 *
 * <p><i>Why</i> the removal: the driver fails the statements of an ended connection before the pool removes it. The pool would
 * lend the connection to each waiting request in turn, and all of them would fail.
 */
@SuppressWarnings("FutureReturnValueIgnored") // The driver reports a failed write to its caller.
final class ConnectionWatch extends ChannelDuplexHandler {
    private static final long IDLE = 0;

    private final PooledConnection connection;
    private final Duration limit;
    /** When the oldest statement without a response was written, or {@link #IDLE}. */
    private long waitingSinceNanos = IDLE;

    private boolean scheduled;

    private ConnectionWatch(PooledConnection connection, Duration limit) {
        this.connection = connection;
        this.limit = limit;
    }

    /** Installs the handler on a new connection of a pool. */
    static void on(SqlConnection connection, Duration limit) {
        PooledConnection pooled = (PooledConnection) ((SqlConnectionBase<?>) connection).unwrap();
        ChannelPipeline pipeline = ((SocketConnectionBase) pooled.unwrap())
                .socket()
                .channelHandlerContext()
                .pipeline();
        if (pipeline.get(IdleStateHandler.class) != null) {
            pipeline.remove(IdleStateHandler.class);
        }
        // Nearer to the socket than the driver's handler, which sends a message before it closes.
        pipeline.addFirst(new ConnectionWatch(pooled, limit));
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (waitingSinceNanos == IDLE) {
            waitingSinceNanos = System.nanoTime();
            schedule(context, limit.toNanos());
        }
        context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        waitingSinceNanos = IDLE;
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connection.handleClosed();
        context.fireChannelInactive();
    }

    private void schedule(ChannelHandlerContext context, long nanos) {
        if (!scheduled) {
            scheduled = true;
            context.executor().schedule(() -> check(context), nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void check(ChannelHandlerContext context) {
        scheduled = false;
        if (waitingSinceNanos == IDLE || !context.channel().isOpen()) {
            return;
        }
        long left = waitingSinceNanos + limit.toNanos() - System.nanoTime();
        if (left > 0) {
            schedule(context, left);
        } else {
            context.close();
        }
    }
}
