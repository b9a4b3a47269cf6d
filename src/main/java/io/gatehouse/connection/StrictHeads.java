package io.gatehouse.connection;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;

/** Replaces Vert.x's decoder of HTTP/1 requests by {@link RequestDecoder}, on the listeners of every role. */
public final class StrictHeads {
    private StrictHeads() {}

    /**
     * Decodes the connection's further requests strictly. HTTP/2 connections stay as they are.
     *
     * @param options of the listener
     */
    public static void on(HttpConnection connection, HttpServerOptions options) {
        if (!VertxPipeline.isHttp1(connection)) {
            return;
        }
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        boolean isStrict = pipeline.get(VertxPipeline.DECODER) instanceof RequestDecoder;
        if (pipeline.get(VertxPipeline.UPGRADE) != null && !isStrict) {
            // Vert.x's decoder has read the first head already.
            connection.close();
            throw new IllegalStateException("a listener with HTTP/2 in clear text needs a StrictTransport");
        }
        in(pipeline, options);
    }

    /**
     * Runs an action once on an HTTP/1 connection: before its first head with a chunked body is passed on, or now if that has been.
     */
    public static void beforeChunked(HttpConnection connection, Runnable action) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        if (pipeline.get(VertxPipeline.DECODER) instanceof RequestDecoder decoder) {
            decoder.beforeChunked(action);
        }
    }

    static void in(ChannelPipeline pipeline, HttpServerOptions options) {
        ChannelHandler decoder = pipeline.get(VertxPipeline.DECODER);
        if (decoder != null && !(decoder instanceof RequestDecoder)) {
            RequestDecoder strict = new RequestDecoder(options);
            pipeline.replace(VertxPipeline.DECODER, VertxPipeline.DECODER, strict);
            pipeline.addAfter(VertxPipeline.ENCODER, null, strict.backpressure());
        }
    }
}
