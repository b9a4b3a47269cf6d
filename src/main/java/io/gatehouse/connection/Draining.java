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
 * Drains a client's connection, so that it closes without the loss of a request.
 *
 * <p>In HTTP/1 the next response carries {@code Connection: close}, and the connection closes after it (RFC 9112 §9.6). In HTTP/2
 * the gateway sends a GOAWAY with the highest stream number: the client opens no new streams, and those in flight are served (RFC 9113
 * §6.8).
 */
public final class Draining extends ChannelOutboundHandlerAdapter {
    private boolean last;

    private Draining() {}

    /** Begins to drain the connection. Must be called on its event loop. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise, and a connection that fails has ended
    public static void begin(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        Http2ConnectionHandler http2 = VertxPipeline.http2(pipeline);
        if (http2 != null) {
            // Written without Vert.x, which would close the connection next. The GOAWAY with the number of the last
            // stream
            // follows when the connection closes.
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
        } else if (pipeline.get(VertxPipeline.ENCODER) != null && pipeline.get(Draining.class) == null) {
            pipeline.addAfter(VertxPipeline.ENCODER, null, new Draining());
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
