package io.gatehouse.proxy.client;

import io.gatehouse.connection.HttpDate;
import io.gatehouse.connection.VertxPipeline;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.proxy.head.ErrorBody;
import io.gatehouse.proxy.head.OwnFields;
import io.gatehouse.proxy.head.RequestIds;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Detects whether a part of the head of an HTTP/1 request has arrived.
 *
 * <p><i>Why</i>: Vert.x reports a request when its head is complete. This handler sees the bytes before the decoder.
 */
public final class PartialHeadDetector extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private boolean begun;
    /** Whether bytes that have been read are being handled, as they are when the detector is added. */
    private boolean handling = true;

    private PartialHeadDetector(Channel channel) {
        this.channel = channel;
    }

    /**
     * Adds a detector to the pipeline of a connection. Returns null if the connection speaks HTTP/2. Removes the idle timeout that the
     * listener has set until the connection is registered.
     */
    static @Nullable PartialHeadDetector on(HttpConnection connection) {
        boolean isHttp1 = VertxPipeline.isHttp1(connection);
        Channel channel = ((ConnectionBase) connection).channel();
        IdleStateHandler firstRequestLimit = channel.pipeline().get(IdleStateHandler.class);
        if (firstRequestLimit != null) {
            channel.pipeline().remove(firstRequestLimit);
        }
        if (!isHttp1) {
            return null;
        }
        PartialHeadDetector detector = new PartialHeadDetector(channel);
        channel.pipeline().addBefore(VertxPipeline.DECODER, null, detector);
        return detector;
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

    /** Whether bytes of the client are being handled now. A pipelined request that had to wait was read earlier. */
    public static boolean isHandling(Channel channel) {
        PartialHeadDetector detector = channel.pipeline().get(PartialHeadDetector.class);
        return detector != null && detector.handling;
    }

    /** Notes that all bytes so far belong to a request that Vert.x has reported. */
    void settled() {
        begun = false;
    }

    boolean hasBegun() {
        return begun;
    }

    /** Responds with 408 to the incomplete request and closes the connection (RFC 9110 §15.5.9). */
    void timeout(OwnFields fields) {
        String requestId = RequestIds.next();
        ErrorBody body = ErrorBody.of(null, fields.errorType(), ProxyError.REQUEST_TIMEOUT.message(), requestId);
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.REQUEST_TIMEOUT,
                Unpooled.wrappedBuffer(body.content().getBytes()));
        response.headers()
                .set("Content-Type", body.contentType())
                .set("Content-Length", body.content().length())
                .set("Connection", "close")
                .set("Date", HttpDate.now());
        fields.writeIdentity(requestId, response.headers()::set);
        channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
