package io.gatehouse.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Limits the body of the request that upgrades a connection to HTTP/2 in clear text ({@code Upgrade: h2c}, which RFC 9113 §3.1
 * has removed). No flow control holds for these bytes: Vert.x makes DATA frames of them that no window limits.
 */
public final class UpgradedBody extends ChannelInboundHandlerAdapter {
    /** What the window of a stream would have let through (RFC 9113 §6.9.2). */
    private static final long MAX_BYTES = 65_535;

    /** Vert.x's names in the pipeline. */
    private static final String DECODER = "httpDecoder";

    private static final String ENCODER = "httpEncoder";

    private long bytes;

    private UpgradedBody() {}

    /** Limits the body, if the connection is being upgraded: then it reads HTTP/1.1 still, and writes HTTP/2. */
    public static void limit(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        if (pipeline.get(DECODER) != null && pipeline.get(ENCODER) == null) {
            pipeline.addAfter(DECODER, null, new UpgradedBody());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpContent content) {
            bytes += content.content().readableBytes();
        }
        if (bytes > MAX_BYTES) {
            ReferenceCountUtil.release(message);
            var unused = context.close();
        } else {
            context.fireChannelRead(message);
        }
    }
}
