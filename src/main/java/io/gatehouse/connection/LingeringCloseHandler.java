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

/** Ends one connection after the decision to close it: rejects writes, drops input, and closes the socket after 2 s or 16 MiB. */
final class LingeringCloseHandler extends ChannelDuplexHandler {
    /**
     * Long enough for TCP to retransmit a response. A client that does not end its connection must not occupy one for longer.
     */
    private static final long LIMIT_MILLIS = 2_000;

    /**
     * More than the largest body of the Admin API: a client on a fast network sends that much before it reads the response. An
     * unlimited number would serve floods.
     */
    private static final long LIMIT_BYTES = 16 * 1024 * 1024;

    private final DuplexChannel channel;
    private @Nullable Future<?> timer;
    private long dropped;

    LingeringCloseHandler(DuplexChannel channel) {
        this.channel = channel;
    }

    void begin() {
        ChannelHandlerContext context = channel.pipeline().context(this);
        timer = context.executor().schedule(() -> close(), LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        // Reading may have been paused by a handler that no longer resumes it.
        channel.config().setAutoRead(true);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                // Not during the completion of the write, which reads the buffer that the end of the output removes.
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

    /** Closes the socket without passing the close to another handler. */
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
        // No other handler has received the bytes.
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
