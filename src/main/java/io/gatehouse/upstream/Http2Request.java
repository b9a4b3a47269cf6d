package io.gatehouse.upstream;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/** A request on a stream of an HTTP/2 connection, which Vert.x's client shares between requests. */
public final class Http2Request implements UpstreamRequest {
    /** RFC 9113 §7. */
    private static final long CANCEL = 8;

    private final HttpClientRequest request;

    private Http2Request(HttpClientRequest request) {
        this.request = request;
        // The response's future tells us the same; without a handler Vert.x would log it as an error.
        request.exceptionHandler(failure -> {});
    }

    /** Fails when the server speaks HTTP/1.1 instead, which TLS lets it choose. */
    public static Future<UpstreamRequest> on(HttpClientRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return Future.succeededFuture(new Http2Request(request));
        }
        request.exceptionHandler(failure -> {});
        request.reset();
        return Future.failedFuture(new VertxException("the upstream speaks no HTTP/2", true));
    }

    @Override
    public boolean isHttp2() {
        return true;
    }

    @Override
    public MultiMap headers() {
        return request.headers();
    }

    @Override
    public void authority(HostAndPort authority) {
        request.authority(authority);
    }

    @Override
    public void chunked() {
        request.setChunked(true);
    }

    @Override
    public void sendHead() {
        request.sendHead();
    }

    @Override
    public Future<Void> write(Buffer data) {
        return request.write(data);
    }

    @Override
    public Future<Void> end() {
        return request.end();
    }

    @Override
    public Future<Void> end(Buffer data) {
        return request.end(data);
    }

    @Override
    public boolean writeQueueFull() {
        return request.writeQueueFull();
    }

    @Override
    public UpstreamRequest drainHandler(@Nullable Handler<@Nullable Void> handler) {
        request.drainHandler(handler);
        return this;
    }

    @Override
    public UpstreamRequest setWriteQueueMaxSize(int size) {
        request.setWriteQueueMaxSize(size);
        return this;
    }

    /** Has no effect: what becomes of the request {@link #response} tells. */
    @Override
    public UpstreamRequest exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }

    @Override
    public void onContinue(Runnable go) {
        request.continueHandler(asked -> go.run());
    }

    @Override
    public Future<UpstreamResponse> response() {
        return request.response().map(Http2Response::new);
    }

    @Override
    public void giveUp(Throwable cause) {
        request.reset(CANCEL, cause);
    }

    @Override
    public void cutShort() {
        request.reset(CANCEL);
    }
}
