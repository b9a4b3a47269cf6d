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
 * Closes a client's connection in stages (RFC 9112 §9.6): flushes it, ends the output, and drops the input until the client ends it
 * too, or until a limit.
 *
 * <p>The handler is nearest to the socket, so that every close passes it: the gateway's, Vert.x's and that of a codec. Netty skips it
 * for every other event.
 *
 * <p><i>Why</i>: a connection that is closed with unread input is reset. The client's system may then drop the error response, or the
 * GOAWAY, before the client has read it.
 */
@ChannelHandler.Sharable
public final class LingeringClose extends ChannelOutboundHandlerAdapter {
    static final LingeringClose ONE = new LingeringClose();

    private LingeringClose() {}

    /** Adds the handler to a connection. */
    public static void on(HttpConnection connection) {
        on(((ConnectionBase) connection).channel());
    }

    /** Adds the handler to a channel, unless it has one. */
    public static void on(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(LingeringClose.class) == null) {
            // Nearest to the socket, behind close_notify of TLS.
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
            LingeringCloseHandler closing = new LingeringCloseHandler(duplex);
            context.pipeline().addFirst(closing);
            closing.begin();
        }
    }
}
