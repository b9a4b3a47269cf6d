package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The end of one connection, from the decision to close it: nothing is written any more, and nobody hears what comes. */
final class LingeringCloseHandler extends ChannelDuplexHandler {
    /**
     * An answer has been lost and sent again well within it; a client that has heard the end and does not end gets no more of
     * a connection's cost.
     */
    private static final long LIMIT_MILLIS = 2_000;

    /**
     * As much as a client commonly has on its way before it could hear of the answer: a buffer of its system and one of ours.
     * Reading without end what nobody wants would be a gift to those who flood.
     */
    private static final long LIMIT_BYTES = 1024 * 1024;

    private final DuplexChannel channel;
    private @Nullable Future<?> timer;
    private long dropped;

    LingeringCloseHandler(DuplexChannel channel) {
        this.channel = channel;
    }

    void begin() {
        ChannelHandlerContext context = channel.pipeline().context(this);
        timer = context.executor().schedule(() -> close(), LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        // Whoever held the client back does not get to let it go on again.
        channel.config().setAutoRead(true);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                // Not in the middle of a completed write, which looks at the buffer that the end takes away.
                context.executor().execute(this::end);
            } else {
                close();
            }
        });
    }

    private void end() {
        if (channel.isActive()) {
            channel.shutdownOutput().addListener(ended -> {
                if (!ended.isSuccess()) {
                    close();
                }
            });
        }
    }

    /** Nothing stands between this and the socket. */
    private void close() {
        channel.unsafe().close(channel.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        dropped += ((ByteBuf) bytes).readableBytes();
        ReferenceCountUtil.release(bytes);
        if (dropped > LIMIT_BYTES) {
            close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        // Of what nobody heard.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable reset) {
        close();
    }

    @Override
    public void write(ChannelHandlerContext context, Object late, ChannelPromise promise) {
        ReferenceCountUtil.release(late);
        promise.tryFailure(new ClosedChannelException());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
        context.fireChannelInactive();
    }
}
