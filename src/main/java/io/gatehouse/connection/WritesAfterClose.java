package io.gatehouse.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;

/**
 * Fails what the HTTP/2 codec writes to a closed connection in a later task of the event loop, when its streams have ended.
 *
 * <p><i>Why</i>: between the close and its event, a write fails at once. Vert.x takes that for an error of the connection and tells
 * every stream, but throws a {@link NullPointerException} at one that it has reset itself, such as a request with a malformed head. The
 * exception would reach whatever writes the response of another stream, whose request would end without a line in the access log.
 */
final class WritesAfterClose extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (context.channel().isActive()) {
            var unused = context.write(message, promise);
            return;
        }
        ReferenceCountUtil.release(message);
        // The task of the close event is in the queue already.
        context.executor().execute(() -> promise.tryFailure(new ClosedChannelException()));
    }
}
