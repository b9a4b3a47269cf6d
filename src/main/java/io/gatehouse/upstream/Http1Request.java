package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request on an HTTP/1.1 connection. The connection is lent to it until the end of the response, which {@link Http1Response}
 * reads.
 */
final class Http1Request implements UpgradeRequest {
    private final UpstreamConnection connection;
    private final UpstreamHead head;
    private final BodyMeter meter = new BodyMeter();
    private final Http1Response response;

    private boolean begun;
    private boolean sent;
    /** The connection is closed, handed over, or lent to another request. */
    private boolean over;

    private @Nullable Handler<@Nullable Void> drained;

    /** {@code agreement} is null unless the request asks for another protocol; see {@link Http1Response}. */
    Http1Request(UpstreamConnection connection, UpstreamHead head, @Nullable Predicate<MultiMap> agreement) {
        this.connection = connection;
        this.head = head;
        this.response = new Http1Response(this, connection, agreement);
    }

    @Override
    public boolean isHttp2() {
        return false;
    }

    @Override
    public boolean isBegun() {
        return begun;
    }

    @Override
    public void begin(Framing framing) {
        meter.begin(framing);
        HeadersMultiMap headers = head.headers();
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        if (framing.kind() == Framing.Kind.CHUNKED) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else if (framing.kind() == Framing.Kind.LENGTH || expectsBody()) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(framing.length()));
        }
    }

    /** Whether an upstream may require a length even for an empty body (RFC 9110 §8.6). */
    private boolean expectsBody() {
        return isMethod(HttpMethod.POST) || isMethod(HttpMethod.PUT) || isMethod(HttpMethod.PATCH);
    }

    @Override
    public void sendHead() {
        if (!begun && !over) {
            writeHead();
            connection.flush();
        }
    }

    private void writeHead() {
        begun = true;
        connection.begin();
        connection.write(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, head.method().toNetty(), head.uri(), head.headers()));
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (over) {
            return Future.failedFuture(closed());
        }
        FramingException excess = meter.piece(data.length());
        if (excess != null) {
            return violated(excess);
        }
        if (meter.keep(data)) {
            return Future.succeededFuture();
        }
        if (!begun) {
            writeHead();
        }
        return connection.writePiece(new DefaultHttpContent(bytes(data)));
    }

    @Override
    public Future<Void> end() {
        ByteBuf last = last();
        if (!begun) {
            return finish(whole(last));
        }
        return finish(last.isReadable() ? new DefaultLastHttpContent(last) : LastHttpContent.EMPTY_LAST_CONTENT);
    }

    @Override
    public Future<Void> end(MultiMap trailers) {
        if (trailers.isEmpty()) {
            return end();
        }
        sendHead();
        DefaultLastHttpContent end = new DefaultLastHttpContent(last());
        trailers.forEach((name, value) -> end.trailingHeaders().add(name, value));
        return finish(end);
    }

    private ByteBuf last() {
        Buffer last = meter.last();
        return last == null ? Unpooled.EMPTY_BUFFER : bytes(last);
    }

    private DefaultFullHttpRequest whole(ByteBuf body) {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                head.method().toNetty(),
                head.uri(),
                body,
                head.headers(),
                EmptyHttpHeaders.INSTANCE);
    }

    private Future<Void> finish(HttpObject last) {
        if (over) {
            return Future.failedFuture(closed());
        }
        FramingException missing = meter.end();
        if (missing != null) {
            return violated(missing);
        }
        if (!begun) {
            begun = true;
            connection.begin();
        }
        sent = true;
        connection.write(last);
        connection.flush();
        return Future.succeededFuture();
    }

    private Future<Void> violated(FramingException violation) {
        abort(violation);
        return Future.failedFuture(violation);
    }

    private static ByteBuf bytes(Buffer data) {
        return ((BufferInternal) data).getByteBuf();
    }

    @Override
    public boolean writeQueueFull() {
        return !over && !connection.isWritable();
    }

    @Override
    public UpstreamRequest drainHandler(@Nullable Handler<@Nullable Void> handler) {
        drained = handler;
        return this;
    }

    @Override
    public void onContinue(Runnable handler) {
        response.onContinue(handler);
    }

    @Override
    public Future<UpstreamResponse> response() {
        return response.head();
    }

    @Override
    public void abort(Throwable cause) {
        if (over) {
            return;
        }
        if (begun) {
            connection.abort();
        } else {
            connection.giveBack();
        }
        fail(cause);
    }

    /** Has no effect: a connection whose request ends after its response is closed. */
    @Override
    public void cutShort() {}

    // For the connection

    boolean isSent() {
        return sent;
    }

    boolean isMethod(HttpMethod other) {
        return head.method().equals(other);
    }

    void setReading(boolean reading) {
        if (!over) {
            connection.setReading(reading);
        }
    }

    void drained() {
        if (drained != null) {
            drained.handle(null);
        }
    }

    void fail(Throwable failure) {
        if (over) {
            return;
        }
        over = true;
        response.failed(failure);
    }

    /** Takes a message of the response and releases it. Throws if it is malformed. */
    void read(HttpObject message) {
        response.read(message);
    }

    boolean isOver() {
        return over;
    }

    /** The response has ended. */
    void finished() {
        over = true;
        connection.responseEnded();
    }

    @Override
    public Channel takeOver(ChannelHandler heir) {
        over = true;
        return connection.handOver(heir);
    }

    static HttpClosedException closed() {
        return new HttpClosedException("the connection is closed");
    }
}
