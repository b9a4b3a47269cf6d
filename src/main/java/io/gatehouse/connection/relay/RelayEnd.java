package io.gatehouse.connection.relay;

import io.gatehouse.connection.LingeringClose;
import io.gatehouse.connection.Resets;
import io.gatehouse.connection.UnsentBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Handles one of two connections: passes the bytes and the end of its peer's stream to the other one.
 *
 * <p><i>Invariant</i>: while the other connection holds its high-water mark of bytes that its socket has not taken, this one reads
 * nothing.
 *
 * <p><i>Threading</i>: both ends have the same event loop.
 *
 * @param <E> the type of both ends
 */
public abstract class RelayEnd<E extends RelayEnd<E>> extends ChannelInboundHandlerAdapter
        implements UnsentBudget.Holder {
    private final int highWater;
    private final UnsentBudget budget;
    /** Bytes that arrived before the ends were joined. The subclass limits them: it does not read on until then. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable E other;
    private boolean inputEnded;
    private boolean outputEnds;
    private boolean outputEnded;
    /** The memory of the buffers that the socket of this end has not taken. */
    private long unsent;

    private boolean dropped;

    /** Limits the bytes that wait for the socket of this end. {@code budget} limits those of all ends. */
    protected RelayEnd(int highWater, UnsentBudget budget) {
        this.highWater = highWater;
        this.budget = budget;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        Channel channel = added.channel();
        channel.config().setAutoRead(false);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(highWater / 2, highWater));
        // Otherwise Netty would close the connection when its peer ends its output, and drop the bytes for that peer.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        LingeringClose.on(channel);
        channel.closeFuture().addListener(closed -> connectionClosed());
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    public final Channel channel() {
        return context().channel();
    }

    /** Returns the other end. Null until they are joined. */
    protected final @Nullable E other() {
        return other;
    }

    /** Joins this end to the other one: passes the early bytes, and begins to read. */
    public final void join(E newOther) {
        other = newOther;
        for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
            pass(bytes, newOther);
        }
        newOther.flush();
        if (inputEnded) {
            newOther.endOutput();
        }
        channel().config().setAutoRead(newOther.channel().isWritable());
    }

    /** Passes bytes of this peer, with {@link #send} or not at all. Takes the ownership of them. */
    protected abstract void pass(ByteBuf bytes, E to);

    /** Is called once, when the peer has ended its output. */
    protected abstract void onInputEnded();

    /** Is called once the peer has been sent the end of the stream. */
    protected abstract void onOutputEnded();

    /** Is called once the connection is closed. */
    protected abstract void onClosed();

    /** Is called if all ends together hold too many bytes. Must reset both connections. */
    protected abstract void onDropped();

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof ByteBuf bytes) {
            read(bytes);
        } else {
            // Of the codec that had this connection before, such as the end of a handshake's response.
            ReferenceCountUtil.release(message);
        }
    }

    /** Takes bytes that the peer of this end has sent. */
    public final void read(ByteBuf bytes) {
        if (other == null) {
            early.add(bytes);
        } else {
            pass(bytes, other);
        }
    }

    /** Writes to the other end, and stops to read while that end has too many bytes. */
    protected final void send(ByteBuf bytes, E to) {
        to.write(bytes);
        if (!to.channel().isWritable()) {
            setReading(false);
        }
    }

    /** Starts or stops to read. */
    public final void setReading(boolean reading) {
        channel().config().setAutoRead(reading);
    }

    protected final void write(ByteBuf bytes) {
        if (outputEnds) {
            bytes.release();
        } else {
            int memory = UnsentBudget.memory(bytes);
            unsent += memory;
            budget.add(memory);
            context().write(bytes).addListener(taken -> taken(memory));
        }
    }

    private void taken(int memory) {
        unsent -= memory;
        if (!dropped) {
            budget.sent(this, memory);
        }
    }

    @Override
    public final long unsent() {
        return unsent;
    }

    @Override
    public final void drop() {
        dropped = true;
        outputEnds = true;
        onDropped();
    }

    protected final void flush() {
        context().flush();
        if (!dropped) {
            budget.written(this);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        if (other != null) {
            other.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        if (other != null && from.channel().isWritable()) {
            other.setReading(true);
        }
        from.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
            endInput();
        } else {
            from.fireUserEventTriggered(event);
        }
    }

    private void endInput() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        onInputEnded();
        if (other != null) {
            other.endOutput();
        }
    }

    /** Sends the end of the stream behind everything written. */
    final void endOutput() {
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
            duplex.shutdownOutput().addListener(ended -> outputHasEnded());
        } else {
            outputHasEnded();
        }
    }

    private void outputHasEnded() {
        outputEnded = true;
        onOutputEnded();
    }

    /** Whether the peer of this end has ended its output. */
    protected final boolean isInputEnded() {
        return inputEnded;
    }

    /** Whether the peer of this end has been sent the end of the stream. */
    public final boolean isOutputEnded() {
        return outputEnded;
    }

    /** Changes whenever the socket takes what is written to this end. */
    public final long pending() {
        return channel().bytesBeforeWritable() - channel().bytesBeforeUnwritable();
    }

    /** Whether the socket has bytes to take. */
    public final boolean hasPending() {
        return channel().bytesBeforeUnwritable() < highWater;
    }

    private void connectionClosed() {
        inputEnded = true;
        outputEnds = true;
        outputEnded = true;
        early.forEach(ReferenceCountUtil::release);
        early.clear();
        onClosed();
    }

    /** Closes the connection in stages: what is written goes out first, for a limited time. */
    public final void close() {
        outputEnds = true;
        channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        // Not from the end of the pipeline, where Vert.x would wait until all bytes are written.
        var unused = context().close();
    }

    /** Resets the connection, so that a truncated stream never looks complete. */
    public final void reset() {
        Resets.now(channel());
    }

    /** Closes the connection at once. */
    public final void closeNow() {
        channel().unsafe().close(channel().voidPromise());
    }
}
