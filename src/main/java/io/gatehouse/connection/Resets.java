package io.gatehouse.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;

/** Resets connections and streams: what has not been sent is dropped at once, and a truncated message never looks complete. */
public final class Resets {
    private Resets() {}

    /** Resets a connection, unless it is closed. The caller runs on its event loop. */
    public static void now(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.unsafe().close(channel.voidPromise());
        }
    }

    /** Resets the connection of a client. */
    public static void now(HttpConnection connection) {
        now(((ConnectionBase) connection).channel());
    }

    /**
     * Resets the HTTP/2 stream of a request. The caller runs on its event loop.
     *
     * <p><i>Why not by Vert.x alone</i>: it resets no stream once the codec has the ends of the request and of the response, although the
     * client may not give the window for the rest.
     */
    public static void stream(HttpServerRequest request, long errorCode) {
        if (!request.response().reset(errorCode).failed()) {
            return;
        }
        ChannelPipeline pipeline =
                ((ConnectionBase) request.connection()).channel().pipeline();
        Http2ConnectionHandler codec = VertxPipeline.http2(pipeline);
        Http2Stream stream = codec == null ? null : codec.connection().stream(request.streamId());
        if (codec != null && stream != null && !stream.isResetSent()) {
            ChannelHandlerContext context = pipeline.context(codec);
            var unused = codec.encoder().writeRstStream(context, request.streamId(), errorCode, context.newPromise());
            context.flush();
        }
    }
}
