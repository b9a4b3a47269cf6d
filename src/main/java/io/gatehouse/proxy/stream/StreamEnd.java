package io.gatehouse.proxy.stream;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.connection.relay.RelayEnd;
import io.gatehouse.entity.Service;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * Handles one of the two connections of a {@link StreamSession}. The bytes that arrive before they are joined are the ClientHello, and
 * what the last read brought behind it.
 */
final class StreamEnd extends RelayEnd<StreamEnd> {
    static final int HIGH_WATER = 32 * 1024;
    private static final int MAX_READ = 16 * 1024;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final StreamSession session;

    StreamEnd(StreamSession session, UnsentBudget budget) {
        super(HIGH_WATER, budget);
        this.session = session;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        super.handlerAdded(added);
        added.channel()
                .config()
                .setRecvByteBufAllocator(
                        new AdaptiveRecvByteBufAllocator(64, 2 * 1024, MAX_READ).maxMessagesPerRead(2));
    }

    /** Returns how long no byte may move: {@code write_timeout} while the peer of this end has bytes to take, or {@code read_timeout}. */
    long idleLimitNanos(Service service) {
        return (hasPending() ? service.writeTimeout() : service.readTimeout()) * NANOS_PER_MILLI;
    }

    @Override
    protected void pass(ByteBuf bytes, StreamEnd to) {
        session.moved(this, bytes.readableBytes());
        send(bytes, to);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            session.secured(this, handshake.isSuccess());
        } else if (event instanceof SniCompletionEvent sni) {
            if (!sni.isSuccess()) {
                session.end(Ending.HANDSHAKE);
            }
        } else {
            super.userEventTriggered(from, event);
        }
    }

    @Override
    protected void onInputEnded() {
        session.inputEnded(this);
    }

    @Override
    protected void onOutputEnded() {
        session.outputEnded();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable failure) {
        session.failed(this, failure);
    }

    @Override
    protected void onClosed() {
        session.closed(this);
    }

    @Override
    protected void onDropped() {
        session.evict(Ending.UNREAD);
    }
}
