package io.gatehouse.upstream;

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
import io.vertx.core.net.HostAndPort;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A request on an HTTP/1.1 connection, which it has for itself until the answer has come to its end. */
final class Http1Request implements UpgradeRequest {
    private static final int CONTINUE = 100;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL_STATUS = 200;

    private final UpstreamConnection connection;
    private final HttpMethod method;
    private final String uri;
    private final HeadersMultiMap headers = HeadersMultiMap.httpHeaders();
    /** Whether the headers of a 101 are the change of protocol that was asked for; null if none was. */
    private final @Nullable Predicate<MultiMap> agreement;

    private final Promise<UpstreamResponse> answer = Promise.promise();

    private boolean begun;
    private boolean sent;
    /** The connection is nobody's, or another's. */
    private boolean over;

    private @Nullable Handler<@Nullable Void> drained;
    private @Nullable Runnable go;
    private @Nullable Http1Response response;

    Http1Request(
            UpstreamConnection connection, HttpMethod method, String uri, @Nullable Predicate<MultiMap> agreement) {
        this.connection = connection;
        this.method = method;
        this.uri = uri;
        this.agreement = agreement;
    }

    @Override
    public boolean isHttp2() {
        return false;
    }

    @Override
    public MultiMap headers() {
        return headers;
    }

    @Override
    public void authority(HostAndPort authority) {
        headers.set("host", authority.toString());
    }

    @Override
    public void chunked() {
        headers.set("transfer-encoding", "chunked");
    }

    @Override
    public void sendHead() {
        if (!begun && !over) {
            begin();
            connection.flush();
        }
    }

    private void begin() {
        begun = true;
        connection.write(new DefaultHttpRequest(HttpVersion.HTTP_1_1, method.toNetty(), uri, headers));
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (over) {
            return Future.failedFuture(closed());
        }
        if (!begun) {
            begin();
        }
        return connection.writeAndFlush(new DefaultHttpContent(bytes(data)));
    }

    @Override
    public Future<Void> end() {
        if (begun) {
            return finish(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        return finish(whole(Unpooled.EMPTY_BUFFER));
    }

    @Override
    public Future<Void> end(Buffer data) {
        if (begun) {
            return finish(new DefaultLastHttpContent(bytes(data)));
        }
        return finish(whole(bytes(data)));
    }

    private DefaultFullHttpRequest whole(ByteBuf body) {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, method.toNetty(), uri, body, headers, EmptyHttpHeaders.INSTANCE);
    }

    private Future<Void> finish(HttpObject last) {
        if (over) {
            return Future.failedFuture(closed());
        }
        begun = true;
        sent = true;
        connection.write(last);
        connection.flush();
        return Future.succeededFuture();
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

    /** Has no effect: how much may wait to be written is the connection's to say. */
    @Override
    public UpstreamRequest setWriteQueueMaxSize(int size) {
        return this;
    }

    /** Has no effect: what becomes of the request {@link #response} tells. */
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
    public void giveUp(Throwable cause) {
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

    // What the connection tells

    boolean hasBegun() {
        return begun;
    }

    boolean isSent() {
        return sent;
    }

    boolean isMethod(HttpMethod other) {
        return method.equals(other);
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

    /** A piece of the answer; releases it. Throws what makes no sense of it. */
    void read(HttpObject message) {
        Throwable nonsense = message.decoderResult().cause();
        if (nonsense != null) {
            ReferenceCountUtil.release(message);
            throw new VertxException(nonsense);
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
        if (!isHttp1 || status == SWITCHING_PROTOCOLS) {
            ReferenceCountUtil.release(head);
            throw new VertxException("an answer to something else: " + version + " " + status, true);
        }
        if (status >= FIRST_FINAL_STATUS) {
            connection.answers(head);
            response = new Http1Response(this, head);
            answer.complete(response);
        } else if (status == CONTINUE && go != null) {
            go.run();
        }
    }

    /** After a 101 the connection is either taken over at once or closed: it never serves another request. */
    private void switchProtocols(HttpResponse head, Predicate<MultiMap> agreement) {
        Http1Response switched = new Http1Response(this, head);
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
        // An answer that is none yet has an end too.
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
