package io.gatehouse.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;

/**
 * Holds the failures of what the HTTP/2 codec writes to a connection that ends, until its streams have ended.
 *
 * <p><i>Threading</i>: one for each connection, used by its event loop.
 *
 * <p><i>Why</i>: between the close and its event, while the connection closes in stages, and behind a close_notify of the client, a write
 * fails at once. Vert.x takes that for an error of the connection and tells every stream, but throws a {@link NullPointerException} at
 * one that it has reset itself, such as a request with a malformed head. The exception would reach whatever writes the response of
 * another stream, whose request would end without a line in the access log.
 */
final class WritesAfterClose extends ChannelDuplexHandler {
    private record Failed(ChannelPromise promise, Throwable cause) {}

    private final ArrayDeque<Failed> held = new ArrayDeque<>();
    private boolean ending;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ChannelPromise written = context.newPromise();
        written.addListener(done -> {
            if (done.isSuccess()) {
                promise.trySuccess();
            } else {
                hold(context, new Failed(promise, done.cause()));
            }
        });
        var unused = context.write(message, written);
    }

    private void hold(ChannelHandlerContext context, Failed write) {
        if (context.isRemoved()) {
            write.promise().tryFailure(write.cause());
            return;
        }
        held.add(write);
        // Nothing more can be written. A connection that stayed open would hold the failures.
        if (!ending) {
            ending = true;
            var unused = context.close();
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
        for (Failed write = held.poll(); write != null; write = held.poll()) {
            write.promise().tryFailure(write.cause());
        }
    }
}
