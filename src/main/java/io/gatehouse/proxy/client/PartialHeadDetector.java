package io.gatehouse.proxy.client;

import io.gatehouse.connection.HttpDate;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.proxy.head.ErrorBody;
import io.gatehouse.proxy.head.RequestIds;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether the head of an HTTP/1 request has begun that has not come yet. Vert.x tells of a request when its head is
 * complete, so this looks on where the bytes come in.
 */
public final class PartialHeadDetector extends ChannelInboundHandlerAdapter {
    /** Vert.x's names in the pipeline. */
    static final String DECODER = "httpDecoder";

    private static final String FIRST_REQUEST_LIMIT = "idle";

    private final Channel channel;
    private boolean begun;
    /** What has been read is being handled; a watch that begins does so in the middle of that. */
    private boolean handling = true;

    private PartialHeadDetector(Channel channel) {
        this.channel = channel;
    }

    /** Begins to watch; null where HTTP/2 is spoken. The limit that ran until the connection was known is taken off. */
    static @Nullable PartialHeadDetector on(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channel();
        if (channel.pipeline().get(FIRST_REQUEST_LIMIT) != null) {
            channel.pipeline().remove(FIRST_REQUEST_LIMIT);
        }
        if (channel.pipeline().get(DECODER) == null) {
            return null;
        }
        PartialHeadDetector watch = new PartialHeadDetector(channel);
        channel.pipeline().addBefore(DECODER, null, watch);
        return watch;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        begun = true;
        handling = true;
        context.fireChannelRead(bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        handling = false;
        context.fireChannelReadComplete();
    }

    /** Whether bytes of the client are being handled now: a request that has waited for its turn was read before. */
    public static boolean isHandling(Channel channel) {
        PartialHeadDetector watch = channel.pipeline().get(PartialHeadDetector.class);
        return watch != null && watch.handling;
    }

    /** What came so far belongs to a request that is known. */
    void settled() {
        begun = false;
    }

    boolean hasBegun() {
        return begun;
    }

    /** Answers what cannot become a request any more, and closes (RFC 9110 §15.5.9). */
    void timeout(String server) {
        String requestId = RequestIds.next();
        ErrorBody body = ErrorBody.of(null, ProxyError.REQUEST_TIMEOUT.message(), requestId);
        DefaultFullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.REQUEST_TIMEOUT,
                Unpooled.wrappedBuffer(body.content().getBytes()));
        answer.headers()
                .set("Content-Type", body.contentType())
                .set("Content-Length", body.content().length())
                .set("Connection", "close")
                .set("Date", HttpDate.now())
                .set("Server", server)
                .set("X-Kong-Request-Id", requestId);
        channel.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
}
