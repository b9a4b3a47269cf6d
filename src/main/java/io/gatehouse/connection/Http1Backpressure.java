package io.gatehouse.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Makes the next head of an HTTP/1 connection wait while the responses to {@value #MAX_REQUESTS} requests before it have not been
 * sent, and after {@value #MAX_A_TURN} heads in one turn of the event loop.
 *
 * <p><i>Threading</i>: one for each connection, used by its event loop.
 *
 * <p><i>Why</i>: one read may be a thousand heads, and Vert.x decodes and queues all of them. A client may read no response.
 */
final class Http1Backpressure extends ChannelOutboundHandlerAdapter {
    static final int MAX_REQUESTS = 16;
    /** More than the heads in the bytes that {@link FairReads} reads in a turn of such a connection. */
    private static final int MAX_A_TURN = 16;

    private final RequestDecoder decoder;
    private final boolean isTls;
    private final UnsentResponses unsent = new UnsentResponses(this::resume);
    /** Decoded requests without a response. */
    private int requests;
    /** Decoded requests of this turn. */
    private int heads;

    private boolean waiting;

    Http1Backpressure(RequestDecoder decoder, boolean isTls) {
        this.decoder = decoder;
        this.isTls = isTls;
    }

    /** Counts a request. */
    void decoded() {
        requests++;
        heads++;
    }

    /** Whether all requests but one have their responses. */
    boolean hasOneRequest() {
        return requests == 1;
    }

    void beginTurn() {
        heads = 0;
    }

    /** Whether the next head waits. */
    boolean mustWait(Channel channel) {
        if (isFull()) {
            // What this turn has written may only not have been flushed yet.
            channel.flush();
        }
        waiting = isFull() || isTurnOver(channel);
        boolean waits = waiting;
        resume();
        return waits;
    }

    private boolean isTurnOver(Channel channel) {
        return heads >= MAX_A_TURN || (heads > 0 && LoopTurn.isLong(channel.eventLoop()));
    }

    private boolean isFull() {
        return requests + unsent.count() >= MAX_REQUESTS;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean isEnd = message instanceof LastHttpContent && !isInterim(message);
        if (isEnd && hasTakenAll(context.channel())) {
            unsent.allSent();
        }
        var unused = context.write(message, promise);
        if (isEnd) {
            requests = Math.max(0, requests - 1);
            unsent.written(context);
            resume();
        }
    }

    /** Whether the socket has taken all bytes so far. With TLS, some may not have been encrypted yet. */
    private boolean hasTakenAll(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return !isTls && buffer != null && buffer.totalPendingWriteBytes() == 0;
    }

    /** A 100 (Continue) is a complete message. */
    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse head && head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private void resume() {
        if (waiting && !isFull()) {
            waiting = false;
            decoder.proceedLater();
        }
    }
}
