package io.gatehouse.proxy.stream;

import io.gatehouse.connection.LingeringClose;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Handles one of the two connections of a {@link StreamSession}: writes the bytes that it reads to the other one.
 *
 * <p><i>Invariant</i>: while the other connection holds {@value #HIGH_WATER} bytes or more that its socket has not taken, this one
 * reads nothing.
 */
final class StreamEnd extends ChannelInboundHandlerAdapter {
    private static final int LOW_WATER = 16 * 1024;
    static final int HIGH_WATER = 32 * 1024;
    private static final int MAX_READ = 16 * 1024;

    private final StreamSession session;
    /** Bytes that arrived before the session was joined: the ClientHello, and what the last read brought behind it. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable StreamEnd other;
    private boolean inputEnded;
    private boolean outputEnds;
    private boolean outputEnded;

    StreamEnd(StreamSession session) {
        this.session = session;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        Channel channel = added.channel();
        channel.config().setAutoRead(false);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER, HIGH_WATER));
        channel.config()
                .setRecvByteBufAllocator(
                        new AdaptiveRecvByteBufAllocator(64, 2 * 1024, MAX_READ).maxMessagesPerRead(2));
        // Otherwise Netty would close the connection when its peer ends its output, and drop the bytes for that peer.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        LingeringClose.on(channel);
        channel.closeFuture().addListener(closed -> closed());
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    Channel channel() {
        return context().channel();
    }

    /** Reads, or does not read, from the connection while the session is not joined. */
    void setReading(boolean reading) {
        channel().config().setAutoRead(reading);
    }

    /** Passes on the early bytes, and begins to read. */
    void join(StreamEnd newOther) {
        other = newOther;
        for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
            pass(bytes, newOther);
        }
        newOther.context().flush();
        if (inputEnded) {
            newOther.endOutput();
        }
        channel().config().setAutoRead(newOther.channel().isWritable());
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (other == null) {
            early.add(bytes);
        } else {
            pass(bytes, other);
        }
    }

    private void pass(ByteBuf bytes, StreamEnd to) {
        session.moved(this, bytes.readableBytes());
        to.write(bytes);
        if (!to.channel().isWritable()) {
            channel().config().setAutoRead(false);
        }
    }

    private void write(ByteBuf bytes) {
        if (outputEnds) {
            bytes.release();
        } else {
            var unused = context().write(bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        if (other != null) {
            other.context().flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        if (other != null && from.channel().isWritable()) {
            other.channel().config().setAutoRead(true);
        }
        from.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
            inputEnds();
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            session.secured(this, handshake.isSuccess());
        } else if (event instanceof SniCompletionEvent sni) {
            if (!sni.isSuccess()) {
                session.end(Ending.HANDSHAKE);
            }
        } else {
            from.fireUserEventTriggered(event);
        }
    }

    private void inputEnds() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        session.inputEnded(this);
        if (other != null) {
            other.endOutput();
        }
    }

    /** Sends the end of the stream behind everything written. */
    private void endOutput() {
        if (outputEnds) {
            return;
        }
        outputEnds = true;
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            // Not during the completion of a write, which reads the buffer that the end of the output removes.
            context().executor().execute(this::shutDownOutput);
        });
    }

    private void shutDownOutput() {
        SslHandler tls = channel().pipeline().get(SslHandler.class);
        if (tls == null) {
            sendEnd();
        } else {
            tls.closeOutbound().addListener(notified -> sendEnd());
        }
    }

    private void sendEnd() {
        if (channel().isActive() && channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput().addListener(ended -> outputEnded());
        } else {
            outputEnded();
        }
    }

    private void outputEnded() {
        outputEnded = true;
        session.outputEnded();
    }

    boolean isOutputEnded() {
        return outputEnded;
    }

    /** Changes whenever the socket takes what is written to this end. */
    long pending() {
        return channel().bytesBeforeWritable() - channel().bytesBeforeUnwritable();
    }

    /** Whether the socket has bytes to take. */
    boolean hasPending() {
        return channel().bytesBeforeUnwritable() < HIGH_WATER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable failure) {
        session.failed(this, failure);
    }

    private void closed() {
        inputEnded = true;
        outputEnds = true;
        outputEnded = true;
        releaseEarly();
        session.closed(this);
    }

    private void releaseEarly() {
        early.forEach(ReferenceCountUtil::release);
        early.clear();
    }

    /** Closes the connection in stages: what is written goes out first, for a limited time. */
    void close() {
        outputEnds = true;
        channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        // Not from the end of the pipeline, where Vert.x would wait until all bytes are written.
        var unused = context().close();
    }

    /** Resets the connection, so that a truncated stream never looks complete. */
    void reset() {
        channel().config().setOption(ChannelOption.SO_LINGER, 0);
        closeNow();
    }

    /** Closes the connection at once. */
    void closeNow() {
        channel().unsafe().close(channel().voidPromise());
    }
}
