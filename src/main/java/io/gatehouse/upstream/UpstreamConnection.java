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
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to an upstream: idle in its pool, or lent to one request. Its callbacks run in the context of the event
 * loop, not of a request.
 *
 * <p><i>Invariant</i>: the connection goes back to the pool only at the end of a message in both directions: the whole request
 * is written to the socket, the whole response is decoded, and the socket has been read to its end without another byte (RFC
 * 9112 §9.2, §9.3). Otherwise it is closed.
 */
public final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private final UpstreamPool pool;
    private final ContextInternal context;

    private @Nullable ChannelHandlerContext channel;
    private @Nullable Http1Request asking;
    /** From the first byte of a request to the last one of its response. */
    private boolean expectsResponse;
    /** The response has been passed on to its end. */
    private boolean answered;
    /** Bytes have come that no request asked for. */
    private boolean unsolicited;

    /** The pieces that have been written are flushed at the end of the event loop's turn. */
    private boolean flushing;

    private boolean persists = true;
    private long keepAliveNanos;
    private long idleUntilNanos;
    private boolean gone;

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
        if (gone) {
            request.fail(Http1Request.closed());
        } else {
            asking = request;
        }
        return request;
    }

    // For the request

    /** The first byte of the request goes out. */
    void begin() {
        expectsResponse = true;
    }

    boolean isWritable() {
        return channel().channel().isWritable();
    }

    /** A failure ends the connection. */
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

    /** Notes from the head of a response whether another request may follow on the connection (RFC 9112 §9.3). */
    void answers(HttpResponse head, Framing framing) {
        persists = HttpUtil.isKeepAlive(head)
                && framing.kind() != Framing.Kind.UNTIL_CLOSE
                && !Objects.requireNonNull(asking).isMethod(HttpMethod.CONNECT);
        String keepAlive = head.headers().get("keep-alive");
        if (keepAlive != null) {
            keepAliveNanos = Math.min(keepAliveNanos, TimeUnit.SECONDS.toNanos(keptAlive(keepAlive)));
        }
    }

    void answered() {
        answered = true;
    }

    /** Nothing has been sent. */
    void giveBack() {
        asking = null;
        pool.free(this);
    }

    /** The connection is another protocol's from now on, and does not count against the limits of the pool. */
    Channel handOver(ChannelHandler heir) {
        leave();
        ChannelPipeline pipeline = channel().pipeline();
        pipeline.addLast(heir);
        pipeline.remove(this);
        // Last: removing the decoder passes on what it has read beyond the head.
        Http1Codec.removeFrom(pipeline);
        return pipeline.channel();
    }

    /** At once, whatever has not been written yet. */
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

    /** Nobody uses it again. */
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

    /** Bytes have come, and been dropped, outside of any response. */
    void unsolicited() {
        unsolicited = true;
        if (!answered) {
            end(Http1Request.closed());
            var unused = channel().close();
        }
    }

    boolean asksForHead() {
        return asking != null && asking.isMethod(HttpMethod.HEAD);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        channel = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        Http1Request reading = asking;
        if (reading == null || answered) {
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
        if (!answered) {
            return;
        }
        answered = false;
        Http1Request done = asking;
        asking = null;
        if (gone) {
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
        // What was not sent to its end would be taken for the beginning of the next request.
        return done.isSent() && isFlushed(socket) && !unsolicited && isDrained(socket);
    }

    private static boolean isFlushed(Channel socket) {
        ChannelOutboundBuffer pending = socket.unsafe().outboundBuffer();
        return pending != null && pending.isEmpty();
    }

    /**
     * Whether the last read found less than it had room for, and not the end of the connection: then the socket holds no byte
     * that has not been decoded.
     */
    @SuppressWarnings("deprecation") // Of the handle Netty means to replace another part.
    private static boolean isDrained(Channel socket) {
        RecvByteBufAllocator.Handle reads = socket.unsafe().recvBufAllocHandle();
        return reads.lastBytesRead() >= 0 && reads.lastBytesRead() < reads.attemptedBytesRead();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        Http1Request writing = asking;
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
        Http1Request failing = asking;
        leave();
        if (failing != null) {
            context.dispatch(failing, request -> request.fail(failure));
        }
    }

    private void leave() {
        asking = null;
        if (!gone) {
            gone = true;
            pool.lost(this);
        }
    }

    private ChannelHandlerContext channel() {
        return Objects.requireNonNull(channel);
    }

    /**
     * For how many seconds the sender of a {@code Keep-Alive} header keeps an idle connection (RFC 2068 §19.7.1.1); very many
     * when it does not say.
     */
    private static int keptAlive(String header) {
        for (String parameter : header.split(",", -1)) {
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).trim().equalsIgnoreCase("timeout")) {
                try {
                    return Integer.parseInt(parameter.substring(equals + 1).trim());
                } catch (NumberFormatException malformed) {
                    return Integer.MAX_VALUE;
                }
            }
        }
        return Integer.MAX_VALUE;
    }
}
