package io.gatehouse.proxy.forward;

import io.gatehouse.connection.Resets;
import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.proxy.client.ClientLeft;
import io.gatehouse.proxy.client.ClientTooSlow;
import io.gatehouse.syntax.Framing;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.streams.ReadStream;
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;
import org.jspecify.annotations.Nullable;

/**
 * Passes the response of an upstream that refuses a WebSocket, with vertx-http-proxy (docs/adr/0014).
 *
 * <p><i>Invariant</i>: vertx-http-proxy receives the body as a stream with a length, and no header that frames a message.
 */
final class RefusedHandshake implements PassedBody, UpstreamResponse.Reader, ReadStream<Buffer>, UnsentBudget.Holder {
    /** Vert.x does not recognize one whose reason phrase is set, and would send a length of 0. */
    private static final int NOT_MODIFIED = 304;

    private final UpstreamResponse upstream;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final UnsentBudget budget;
    private final ProxyResponse proxied;
    private final Promise<Void> passed = Promise.promise();

    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<@Nullable Void> endHandler;
    private boolean held;
    private long bytes;
    /** Bytes that are written and have not left the gateway. */
    private long unsent;

    private boolean dropped;

    /** {@code budget} bounds the bytes that clients have not taken. */
    RefusedHandshake(UpstreamResponse upstream, HttpServerRequest request, UnsentBudget budget) {
        this.upstream = upstream;
        this.request = request;
        this.budget = budget;
        this.response = request.response();
        this.proxied = ProxyRequest.reverseProxy(request).response();
    }

    @Override
    public Future<Void> pass() {
        // Status and headers have been prepared in the response. vertx-http-proxy takes them from its own object.
        proxied.setStatusCode(response.getStatusCode());
        if (upstream.status() != NOT_MODIFIED) {
            proxied.setStatusMessage(response.getStatusMessage());
        }
        proxied.headers().addAll(response.headers());
        response.headers().clear();
        proxied.headers().remove(HttpHeaders.CONTENT_LENGTH);
        Framing framing = upstream.framing();
        boolean hasBody = framing.kind() != Framing.Kind.NONE;
        boolean isAnnounced = framing.kind() == Framing.Kind.LENGTH;
        String type = proxied.headers().get(HttpHeaders.CONTENT_TYPE);
        proxied.setBody(hasBody ? Body.body(this, isAnnounced ? framing.length() : -1, type) : null);
        upstream.read(this);
        proxied.send().onComplete(sent -> passed.tryComplete(), gone -> passed.tryFail(new ClientLeft()));
        if (hasBody && !isAnnounced && !response.headWritten()) {
            // The body may arrive much later.
            response.writeHead();
        }
        return passed.future();
    }

    /** {@link #pass} has ended the response. */
    @Override
    public Future<Void> finish() {
        return Future.succeededFuture();
    }

    @Override
    public long bytesPassed() {
        return bytes;
    }

    @Override
    public boolean isHeld() {
        return held;
    }

    // The upstream's side

    @Override
    public void data(Buffer data) {
        bytes += data.length();
        if (handler != null && !dropped) {
            int length = data.length();
            handler.handle(data);
            count(length);
        }
    }

    /** Counts a piece until it is sent. vertx-http-proxy does not report that, but an empty write behind it completes then. */
    private void count(int length) {
        unsent += length;
        budget.add(length);
        response.write(Buffer.buffer()).onComplete(done -> sent(length));
        budget.written(this);
    }

    private void sent(int length) {
        unsent -= length;
        if (!dropped) {
            budget.sent(this, length);
        }
    }

    @Override
    public long unsent() {
        return unsent;
    }

    /** Resets the client's connection: the responses together are too large. */
    @Override
    public void drop() {
        dropped = true;
        passed.tryFail(new ClientTooSlow());
        Resets.now(request.connection());
    }

    @Override
    public void end() {
        if (endHandler != null) {
            endHandler.handle(null);
        }
    }

    /** Fails the passing. {@link Forwarding} then resets the client, which a pipe could not do. */
    @Override
    public void failed(Throwable failure) {
        passed.tryFail(failure);
    }

    // The client's side

    @Override
    public ReadStream<Buffer> handler(@Nullable Handler<Buffer> newHandler) {
        handler = newHandler;
        return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(@Nullable Handler<@Nullable Void> newHandler) {
        endHandler = newHandler;
        return this;
    }

    /** Has no effect: {@link #failed} handles failures. */
    @Override
    public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> newHandler) {
        return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
        held = true;
        upstream.pause();
        return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
        if (held) {
            held = false;
            upstream.resume();
        }
        return this;
    }

    /** A pipe fetches everything or nothing. */
    @Override
    public ReadStream<Buffer> fetch(long amount) {
        return resume();
    }
}
