package io.gatehouse.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Ends a client's connection without the loss of a request: in HTTP/1 the next response carries {@code Connection: close} and
 * the connection ends after it (RFC 9112 §9.6); in HTTP/2 a GOAWAY asks for new streams to go elsewhere and still takes those
 * on their way (RFC 9113 §6.8).
 */
public final class Draining extends ChannelOutboundHandlerAdapter {
    /** Vert.x's name in the pipeline. */
    private static final String ENCODER = "httpEncoder";

    private boolean last;

    private Draining() {}

    /** Must be called on the connection's event loop. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise, and a connection that fails has ended
    public static void begin(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
        if (http2 != null) {
            // A frame and no more: the GOAWAY that counts, with the last stream's number, is sent when the connection
            // ends.
            ChannelHandlerContext context = pipeline.context(http2);
            http2.encoder()
                    .frameWriter()
                    .writeGoAway(
                            context,
                            Integer.MAX_VALUE,
                            Http2Error.NO_ERROR.code(),
                            Unpooled.EMPTY_BUFFER,
                            context.newPromise());
            context.flush();
        } else if (pipeline.get(ENCODER) != null && pipeline.get(Draining.class) == null) {
            pipeline.addAfter(ENCODER, null, new Draining());
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // they are the promise, which the writer of the response watches
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            last = true;
        }
        if (last && message instanceof LastHttpContent) {
            context.write(message, promise.unvoid().addListener(written -> context.close()));
        } else {
            context.write(message, promise);
        }
    }
}
