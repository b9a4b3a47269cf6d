package io.gatehouse.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Closes a client's connection in stages (RFC 9112 §9.6): what has been written goes out, then the end of it, and what the
 * client still sends is read and dropped until it ends too, or for a short while. Closed at once, a connection with bytes that
 * nobody has read is reset, and the client's system throws away the answer that told it why, or HTTP/2's GOAWAY.
 *
 * <p>It stands where a close gets to last, whoever asked for it: ours, Vert.x's or a codec's. Until then it costs nothing:
 * Netty passes by what a handler does not override.
 */
@ChannelHandler.Sharable
public final class LingeringClose extends ChannelOutboundHandlerAdapter {
    static final LingeringClose ONE = new LingeringClose();

    private LingeringClose() {}

    /** From now on the connection is closed so. */
    public static void on(HttpConnection connection) {
        on(((ConnectionBase) connection).channel());
    }

    /** From now on the channel is closed so. */
    public static void on(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(LingeringClose.class) == null) {
            // Nearest to the socket: TLS has said its own goodbye (close_notify) before.
            pipeline.addFirst(ONE);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) throws Exception {
        Channel channel = context.channel();
        if (!channel.isActive() || !(channel instanceof DuplexChannel duplex)) {
            super.close(context, promise);
            return;
        }
        channel.closeFuture().addListener(closed -> promise.trySuccess());
        if (context.pipeline().get(LingeringCloseHandler.class) == null) {
            LingeringCloseHandler last = new LingeringCloseHandler(duplex);
            context.pipeline().addFirst(last);
            last.begin();
        }
    }
}
