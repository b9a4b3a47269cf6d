package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Manages one HTTP/1.1 connection to an upstream: idle in its pool, or lent to one request.
 *
 * <p><i>Invariant</i>: the connection returns to the pool only at the end of a message in both directions (RFC 9112 §9.2, §9.3). Then
 * the whole request is written to the socket, the whole response is decoded, and the socket holds no further byte. Otherwise the
 * connection is closed.
 *
 * <p><i>Threading</i>: used by one event loop alone. Its callbacks run in the context of the event loop, not of a request.
 */
public final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private final UpstreamPool pool;
    private final ContextInternal context;

    private @Nullable ChannelHandlerContext channel;
    private @Nullable Http1Request lentTo;
    /** True from the first byte of a request to the last byte of its response. */
    private boolean expectsResponse;
    /** The whole response has been passed on. */
    private boolean responseEnded;
    /** Bytes have arrived outside of any response. */
    private boolean unsolicited;

    /** The pieces that have been written are flushed at the end of the event loop's turn. */
    private boolean flushing;

    private boolean persists = true;
    private long keepAliveNanos;
    private long idleUntilNanos;
    private boolean left;

    UpstreamConnection(UpstreamPool pool, ContextInternal context, long keepAliveNanos) {
        this.pool = pool;
        this.context = context;
        this.keepAliveNanos = keepAliveNanos;
    }

    /** Lends the connection to a new request. */
    public UpstreamRequest request(UpstreamHead head) {
        return lend(new Http1Request(this, head, null));
    }

    /**
     * Lends the connection to a {@code GET} that asks for another protocol. A 101 whose headers {@code agreement} rejects fails
     * the response and closes the connection.
     */
    public UpgradeRequest upgrade(UpstreamHead head, Predicate<MultiMap> agreement) {
        return lend(new Http1Request(this, head, agreement));
    }

    private Http1Request lend(Http1Request request) {
        if (left) {
            request.fail(Http1Request.closed());
        } else {
            lentTo = request;
        }
        return request;
    }

    // For the request

    /** The request writes its first byte next. */
    void begin() {
        expectsResponse = true;
    }

    boolean isWritable() {
        return channel().channel().isWritable();
    }

    /** Writes a message without flushing. A failure ends the connection. */
    void write(HttpObject message) {
        var unused = channel().write(message, channel().voidPromise());
    }

    /** Writes a piece of a body. Those of one turn of the event loop are flushed together: a read may hold a thousand. */
    Future<Void> writePiece(HttpObject message) {
        PromiseInternal<Void> written = context.promise();
        channel().write(message).addListener(written);
        if (!flushing) {
            flushing = true;
            context.nettyEventLoop().execute(() -> {
                flushing = false;
                flush();
            });
        }
        return written.future();
    }

    void flush() {
        channel().flush();
    }

    void setReading(boolean reading) {
        channel().channel().config().setAutoRead(reading);
    }

    /** Decides by the head of a response whether another request may follow on the connection (RFC 9112 §9.3). */
    void received(HttpResponse head, Framing framing) {
        persists = HttpUtil.isKeepAlive(head)
                && framing.kind() != Framing.Kind.UNTIL_CLOSE
                && !Objects.requireNonNull(lentTo).isMethod(HttpMethod.CONNECT);
        String keepAlive = head.headers().get("keep-alive");
        if (keepAlive != null) {
            keepAliveNanos = Math.min(keepAliveNanos, KeepAlive.nanos(keepAlive));
        }
    }

    void responseEnded() {
        responseEnded = true;
    }

    /** Returns the connection of a request that has sent nothing. */
    void giveBack() {
        lentTo = null;
        pool.free(this);
    }

    /** Hands the connection over to another protocol. It no longer counts against the limits of the pool. */
    Channel handOver(ChannelHandler heir) {
        leave();
        ChannelPipeline pipeline = channel().pipeline();
        pipeline.addLast(heir);
        pipeline.remove(this);
        // Last, because the removed decoder passes on the bytes behind the head.
        Http1Codec.removeFrom(pipeline);
        return pipeline.channel();
    }

    /** Closes the connection at once, without flushing it. */
    void abort() {
        leave();
        channel().channel().unsafe().close(channel().voidPromise());
    }

    // For the pool

    void idleFrom(long now) {
        idleUntilNanos = now + keepAliveNanos;
    }

    boolean isExpired(long now) {
        return now - idleUntilNanos >= 0;
    }

    /** Closes the connection, which no request uses again. */
    void close() {
        leave();
        var unused = channel().close();
    }

    // For the channel

    boolean expectsResponse() {
        return expectsResponse;
    }

    void responseDecoded() {
        expectsResponse = false;
    }

    /** Bytes have arrived outside of any response, and were dropped. */
    void unsolicited() {
        unsolicited = true;
        if (!responseEnded) {
            end(Http1Request.closed());
            var unused = channel().close();
        }
    }

    boolean asksForHead() {
        return lentTo != null && lentTo.isMethod(HttpMethod.HEAD);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        channel = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        Http1Request reading = lentTo;
        if (reading == null || responseEnded) {
            ReferenceCountUtil.release(message);
            return;
        }
        ContextInternal before = context.beginDispatch();
        try {
            reading.read((HttpObject) message);
        } finally {
            context.endDispatch(before);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        if (!responseEnded) {
            return;
        }
        responseEnded = false;
        Http1Request done = lentTo;
        lentTo = null;
        if (left) {
            return;
        }
        if (persists && keepAliveNanos > 0 && done != null && isAtMessageEnd(from.channel(), done)) {
            if (!from.channel().config().isAutoRead()) {
                setReading(true);
            }
            idleFrom(System.nanoTime());
            pool.free(this);
        } else {
            close();
        }
    }

    private boolean isAtMessageEnd(Channel socket, Http1Request done) {
        // The upstream would read the rest of an incomplete request as the beginning of the next one.
        return done.isSent() && isFlushed(socket) && !unsolicited && isDrained(socket);
    }

    private static boolean isFlushed(Channel socket) {
        ChannelOutboundBuffer pending = socket.unsafe().outboundBuffer();
        return pending != null && pending.isEmpty();
    }

    /**
     * Whether the last read returned fewer bytes than it had room for, and not the end of the connection. The socket then holds no
     * byte that has not been decoded.
     */
    @SuppressWarnings("deprecation") // Netty deprecates other methods of the handle
    private static boolean isDrained(Channel socket) {
        RecvByteBufAllocator.Handle reads = socket.unsafe().recvBufAllocHandle();
        return reads.lastBytesRead() >= 0 && reads.lastBytesRead() < reads.attemptedBytesRead();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        Http1Request writing = lentTo;
        if (writing != null && from.channel().isWritable()) {
            context.dispatch(writing, Http1Request::drained);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        end(Http1Request.closed());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable failure) {
        end(failure);
        var unused = from.close();
    }

    private void end(Throwable failure) {
        Http1Request failing = lentTo;
        leave();
        if (failing != null) {
            context.dispatch(failing, request -> request.fail(failure));
        }
    }

    private void leave() {
        lentTo = null;
        if (!left) {
            left = true;
            pool.lost(this);
        }
    }

    private ChannelHandlerContext channel() {
        return Objects.requireNonNull(channel);
    }
}
