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
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A request on an HTTP/1.1 connection, which is lent to it until the response has come to its end. */
final class Http1Request implements UpgradeRequest {
    private static final int CONTINUE = 100;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL_STATUS = 200;
    /** A status has three digits (RFC 9112 §4). */
    private static final int LAST_STATUS = 999;

    /** An upstream that sends more interim responses than this is taken for broken. */
    private static final int MAX_INTERIM = 32;

    private final UpstreamConnection connection;
    private final UpstreamHead head;
    private final BodyMeter meter = new BodyMeter();
    /** Whether the headers of a 101 are the change of protocol that was asked for; null if none was. */
    private final @Nullable Predicate<MultiMap> agreement;

    private final Promise<UpstreamResponse> answer = Promise.promise();

    private boolean begun;
    private boolean sent;
    /** The connection is closed or has been lent to another request. */
    private boolean over;

    private int interim;

    private @Nullable Handler<@Nullable Void> drained;
    private @Nullable Runnable go;
    private @Nullable Http1Response response;

    Http1Request(UpstreamConnection connection, UpstreamHead head, @Nullable Predicate<MultiMap> agreement) {
        this.connection = connection;
        this.head = head;
        this.agreement = agreement;
    }

    @Override
    public boolean isHttp2() {
        return false;
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

    /** Of these methods an upstream may insist on a length, even of an empty body (RFC 9110 §8.6). */
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

    /** Has no effect: the bound on what waits to be written is the connection's. */
    @Override
    public UpstreamRequest setWriteQueueMaxSize(int size) {
        return this;
    }

    /** Has no effect: a failure of the request fails {@link #response}. */
    @Override
    public UpstreamRequest exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }

    @Override
    public void onContinue(Runnable go) {
        this.go = go;
    }

    @Override
    public Future<UpstreamResponse> response() {
        return answer.future();
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

    /** Has no effect: a connection whose request has not ended with its answer is closed. */
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
        if (response == null) {
            answer.fail(failure);
        } else {
            response.failed(failure);
        }
    }

    /** Takes a piece of the response and releases it. Throws when it is malformed. */
    void read(HttpObject message) {
        Throwable malformed = message.decoderResult().cause();
        if (malformed != null) {
            ReferenceCountUtil.release(message);
            throw new VertxException(malformed);
        }
        if (message instanceof HttpResponse head) {
            read(head);
        }
        if (message instanceof HttpContent content) {
            read(content);
        }
    }

    private void read(HttpResponse head) {
        HttpVersion version = head.protocolVersion();
        int status = head.status().code();
        boolean isHttp1 = version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0);
        if (isHttp1 && status == SWITCHING_PROTOCOLS && agreement != null) {
            switchProtocols(head, agreement);
            return;
        }
        if (!isHttp1 || status < CONTINUE || status > LAST_STATUS || status == SWITCHING_PROTOCOLS) {
            throw malformed(head, "an unexpected " + version + " " + status);
        }
        if (status < FIRST_FINAL_STATUS) {
            interim(head, status);
            return;
        }
        Framing framing = Framing.ofResponse(
                status,
                isMethod(HttpMethod.HEAD),
                head.headers().getAll(HttpHeaderNames.CONTENT_LENGTH),
                head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING),
                version.equals(HttpVersion.HTTP_1_1));
        if (framing == null) {
            throw malformed(head, "a body without a certain end");
        }
        connection.answers(head, framing);
        response = new Http1Response(this, head, framing);
        answer.complete(response);
    }

    private void interim(HttpResponse head, int status) {
        if (++interim > MAX_INTERIM) {
            throw malformed(head, "more than " + MAX_INTERIM + " interim responses");
        }
        if (status == CONTINUE && go != null) {
            go.run();
        }
    }

    private static VertxException malformed(HttpResponse head, String what) {
        ReferenceCountUtil.release(head);
        return new VertxException(what, true);
    }

    /** After a 101 the connection is either taken over at once or closed: it never serves another request. */
    private void switchProtocols(HttpResponse head, Predicate<MultiMap> agreement) {
        Http1Response switched = new Http1Response(this, head, Framing.NONE);
        if (!agreement.test(switched.headers())) {
            throw new VertxException("the upstream switched to a protocol that was not asked for", true);
        }
        response = switched;
        answer.complete(switched);
        if (!over) {
            throw new VertxException("the connection was not taken over after 101", true);
        }
    }

    @Override
    public Channel takeOver(ChannelHandler heir) {
        over = true;
        return connection.handOver(heir);
    }

    private void read(HttpContent content) {
        Http1Response reading = response;
        if (reading == null || !content.content().isReadable()) {
            content.release();
        } else {
            // Which copies what is in Netty's pool, and releases it.
            reading.data(BufferInternal.safeBuffer(content.content()));
        }
        // An interim response has an end too.
        if (reading != null && content instanceof LastHttpContent last && !over) {
            over = true;
            connection.answered();
            reading.end(last.trailingHeaders());
        }
    }

    static HttpClosedException closed() {
        return new HttpClosedException("the connection is closed");
    }
}
