package io.gatehouse.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;

/**
 * Fails what the HTTP/2 codec writes to a closed connection when its streams have ended.
 *
 * <p><i>Threading</i>: one for each connection, used by its event loop.
 *
 * <p><i>Why</i>: between the close and its event, a write fails at once. Vert.x takes that for an error of the connection and tells
 * every stream, but throws a {@link NullPointerException} at one that it has reset itself, such as a request with a malformed head. The
 * exception would reach whatever writes the response of another stream, whose request would end without a line in the access log.
 */
final class WritesAfterClose extends ChannelDuplexHandler {
    private final ArrayDeque<ChannelPromise> pending = new ArrayDeque<>();

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (context.channel().isActive()) {
            var unused = context.write(message, promise);
        } else {
            ReferenceCountUtil.release(message);
            pending.add(promise);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        context.fireChannelInactive();
        fail();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        fail();
    }

    private void fail() {
        for (ChannelPromise promise = pending.poll(); promise != null; promise = pending.poll()) {
            promise.tryFailure(new ClosedChannelException());
        }
    }
}
