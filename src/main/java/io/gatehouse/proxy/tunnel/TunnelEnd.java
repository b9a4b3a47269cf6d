package io.gatehouse.proxy.tunnel;

import io.gatehouse.connection.LingeringClose;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Handles one of the two connections of a {@link Tunnel}: writes the bytes that it reads to the other one.
 *
 * <p><i>Invariant</i>: while the other connection holds {@value #HIGH_WATER} bytes or more that its socket has not taken, this one
 * reads nothing.
 */
final class TunnelEnd extends ChannelInboundHandlerAdapter {
    private static final int LOW_WATER = 32 * 1024;
    static final int HIGH_WATER = 64 * 1024;

    private final Tunnel tunnel;
    /** A close frame for the peer of this end. */
    private final byte[] closeFrame;

    private final Frames frames = new Frames();
    /** Bytes that arrived before the tunnel started. At most one read, because no more is read until then. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable TunnelEnd other;
    /** Set once the other end has been sent a close frame of the gateway. Bytes read from now on are dropped. */
    private boolean cut;

    private boolean inputEnded;
    private boolean outputEnds;
    private boolean outputEnded;

    TunnelEnd(Tunnel tunnel, byte[] closeFrame) {
        this.tunnel = tunnel;
        this.closeFrame = closeFrame;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        Channel channel = added.channel();
        channel.config().setAutoRead(false);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER, HIGH_WATER));
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

    /** Passes on the early bytes, and begins to read. */
    void start(TunnelEnd newOther) {
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
        if (message instanceof ByteBuf bytes) {
            read(bytes);
        } else {
            // The end of the handshake's response.
            ReferenceCountUtil.release(message);
        }
    }

    /** Takes bytes that the peer of this end has sent. */
    void read(ByteBuf bytes) {
        if (other == null) {
            early.add(bytes);
        } else {
            pass(bytes, other);
        }
    }

    private void pass(ByteBuf bytes, TunnelEnd to) {
        tunnel.moved(this, bytes.readableBytes());
        if (!cut && tunnel.isGoingAway()) {
            passToBoundary(bytes, to);
            return;
        }
        frames.follow(bytes);
        if (cut) {
            bytes.release();
            tunnel.closedByPeer();
            return;
        }
        to.write(bytes);
        waitFor(to);
    }

    private void waitFor(TunnelEnd to) {
        if (!to.channel().isWritable()) {
            channel().config().setAutoRead(false);
        }
    }

    /** Passes the rest of the current frame, and cuts the connection behind it. */
    private void passToBoundary(ByteBuf bytes, TunnelEnd to) {
        int length = frames.followToBoundary(bytes);
        to.write(bytes.readRetainedSlice(length));
        waitFor(to);
        cutAtBoundary();
        frames.follow(bytes);
        bytes.release();
        tunnel.closedByPeer();
    }

    private void write(ByteBuf bytes) {
        if (outputEnds) {
            bytes.release();
        } else {
            var unused = context().write(bytes);
        }
    }

    /** Sends the other end a close frame if a frame of this peer has just ended, and drops this peer's further frames. */
    void cutAtBoundary() {
        if (cut || !frames.isAtBoundary()) {
            return;
        }
        cut = true;
        TunnelEnd to = Objects.requireNonNull(other);
        if (!frames.isClosed()) {
            to.write(Unpooled.wrappedBuffer(to.closeFrame));
            to.context().flush();
        }
        // The reply to the close frame must be read, even if the other end has bytes to take.
        channel().config().setAutoRead(true);
    }

    boolean isCut() {
        return cut;
    }

    /** Whether the peer of this end has ended its output. */
    boolean isClosedByPeer() {
        return inputEnded || frames.isClosed();
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
        } else if (!(event instanceof ChannelInputShutdownReadComplete)) {
            from.fireUserEventTriggered(event);
        }
    }

    private void inputEnds() {
        inputEnded = true;
        tunnel.halfClosed();
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
        tunnel.outputEnded();
    }

    /** Changes whenever the socket takes what is written to this end. */
    long pending() {
        return channel().bytesBeforeWritable() - channel().bytesBeforeUnwritable();
    }

    boolean isOutputEnded() {
        return outputEnded;
    }

    /** Ends the tunnel: the peer reset the connection, or TLS failed. */
    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable failure) {
        tunnel.end();
    }

    private void closed() {
        inputEnded = true;
        outputEnds = true;
        outputEnded = true;
        early.forEach(ByteBuf::release);
        early.clear();
        tunnel.closed();
    }

    /** Closes the connection in stages: what is written goes out first, for a limited time. */
    void close() {
        outputEnds = true;
        channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        // Not from the end of the pipeline, where Vert.x would wait until all bytes are written.
        var unused = context().close();
    }

    /** Closes the connection after both sides have ended it. */
    void closeNow() {
        channel().unsafe().close(channel().voidPromise());
    }
}
