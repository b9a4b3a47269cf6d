package io.gatehouse.proxy.tunnel;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.connection.relay.RelayEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.util.Objects;

/** Handles one of the two connections of a {@link Tunnel}. At most one read arrives before they are joined. */
final class TunnelEnd extends RelayEnd<TunnelEnd> {
    static final int HIGH_WATER = 64 * 1024;

    private final Tunnel tunnel;
    /** A close frame for the peer of this end. */
    private final byte[] closeFrame;

    private final Frames frames = new Frames();
    /** Set once the other end has been sent a close frame of the gateway. Bytes read from now on are dropped. */
    private boolean cut;

    TunnelEnd(Tunnel tunnel, byte[] closeFrame, UnsentBudget budget) {
        super(HIGH_WATER, budget);
        this.tunnel = tunnel;
        this.closeFrame = closeFrame;
    }

    @Override
    protected void pass(ByteBuf bytes, TunnelEnd to) {
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
        send(bytes, to);
    }

    /** Passes the rest of the current frame, and cuts the connection behind it. */
    private void passToBoundary(ByteBuf bytes, TunnelEnd to) {
        int length = frames.followToBoundary(bytes);
        send(bytes.readRetainedSlice(length), to);
        cutAtBoundary();
        frames.follow(bytes);
        bytes.release();
        tunnel.closedByPeer();
    }

    /** Sends the other end a close frame if a frame of this peer has just ended, and drops this peer's further frames. */
    void cutAtBoundary() {
        if (cut || !frames.isAtBoundary()) {
            return;
        }
        cut = true;
        TunnelEnd to = Objects.requireNonNull(other());
        if (!frames.isClosed()) {
            to.write(Unpooled.wrappedBuffer(to.closeFrame));
            to.flush();
        }
        // The reply to the close frame must be read, even if the other end has bytes to take.
        setReading(true);
    }

    boolean isCut() {
        return cut;
    }

    /** Whether the peer of this end has ended its output. */
    boolean isClosedByPeer() {
        return isInputEnded() || frames.isClosed();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (!(event instanceof ChannelInputShutdownReadComplete)) {
            super.userEventTriggered(from, event);
        }
    }

    @Override
    protected void onInputEnded() {
        tunnel.halfClosed();
    }

    @Override
    protected void onOutputEnded() {
        tunnel.outputEnded();
    }

    /** Ends the tunnel: the peer reset the connection, or TLS failed. */
    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable failure) {
        tunnel.end();
    }

    @Override
    protected void onClosed() {
        tunnel.closed();
    }

    @Override
    protected void onDropped() {
        tunnel.reset();
    }
}
