package io.gatehouse.proxy.forward;

import io.gatehouse.connection.Expectation;
import io.gatehouse.connection.FairReads;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.ClientLeft;
import io.gatehouse.proxy.client.RequestRemainder;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.syntax.Framing;
import io.gatehouse.upstream.UpstreamHead;
import io.gatehouse.upstream.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.WriteStream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends the body of one request to its upstream, with backpressure, and drops what the upstream does not wait for. Fails when the body
 * is larger than a plugin allows.
 *
 * <p><i>Invariant</i>: an attempt that fails before a piece has been taken leaves the body to the next one, as it found it.
 */
final class RequestBody implements WriteStream<Buffer> {
    private static final long CONTINUE_MILLIS = 1_000;
    private final Vertx vertx;
    private final ProxyExchange exchange;
    private final HttpServerRequest request;
    /** Receives the body in the current attempt; null before the first one. */
    private @Nullable UpstreamRequest upstream;
    /** Whether a piece of the client's body has been taken, which no other attempt could send. */
    private boolean taken;
    /** Whether the client has ended a body that it did not announce, without a piece. */
    private boolean empty;
    /** Whether the client waits for 100, and has not been asked for the body. */
    private boolean expected;
    /** Whether an attempt has asked the client for the body, if it waited for that. */
    private boolean asked;

    RequestBody(Vertx vertx, ProxyExchange exchange) {
        this.vertx = vertx;
        this.exchange = exchange;
        this.request = exchange.request();
    }

    /** Whether another attempt could send the whole body. */
    boolean isRepeatable() {
        return exchange.isBodyRead() || !taken;
    }

    /** Returns the bytes received of the client's body. */
    long bytesRead() {
        return request.bytesRead();
    }

    /** Whether the client has sent all of it. */
    boolean isRead() {
        return exchange.isBodyRead() || request.isEnded() || !exchange.mayHaveBody();
    }

    /** Whether an HTTP/1 client may send its next request in place of the body that it was not asked for (RFC 9110 §10.1.1). */
    boolean endsConnection() {
        return expected && request.version() != HttpVersion.HTTP_2;
    }

    /** Sends the framing, the head and the body. */
    void sendWith(UpstreamRequest upstream, UpstreamHead head) {
        this.upstream = upstream;
        if (exchange.isBodyRead()) {
            sendRead(upstream);
        } else if (empty || !exchange.mayHaveBody()) {
            upstream.begin(exchange.framing().isEmpty() ? exchange.framing() : Framing.NONE);
            upstream.end();
        } else if (request.version() == HttpVersion.HTTP_2 && !isAnnounced()) {
            sendUnannounced(upstream);
        } else {
            boolean waits = !asked && Expectation.isContinue(request);
            if (waits) {
                head.headers().set(HttpHeaders.EXPECT, Expectation.CONTINUE);
            } else if (asked) {
                // An earlier attempt has asked for the body.
                head.headers().remove(HttpHeaders.EXPECT);
            }
            upstream.begin(exchange.framing());
            if (waits) {
                awaitContinue(upstream);
            } else {
                stream(upstream);
            }
        }
    }

    /** Whether the head announces bytes. An HTTP/2 body without a length may prove malformed later (RFC 9113 §8.1.1). */
    private boolean isAnnounced() {
        return exchange.framing().kind() == Framing.Kind.LENGTH
                && !exchange.framing().isEmpty();
    }

    private void sendRead(UpstreamRequest upstream) {
        Buffer body = exchange.body();
        Buffer content = body == null ? Buffer.buffer() : body;
        // A plugin may have removed a part, so the length may differ from the client's.
        boolean hasNone = content.length() == 0 && exchange.framing().kind() == Framing.Kind.NONE;
        upstream.begin(hasNone ? Framing.NONE : Framing.ofLength(content.length()));
        upstream.end(content);
    }

    /**
     * Sends a body that the HTTP/2 request does not announce. An HTTP/2 upstream receives it likewise. HTTP/1.1 needs the framing in
     * the head, so the head waits for the first piece or the end. A client that waits for 100 would send neither.
     */
    private void sendUnannounced(UpstreamRequest upstream) {
        if (!asked) {
            asked = true;
            Expectation.meet(request);
        }
        if (upstream.isHttp2() && !exchange.framing().isEmpty()) {
            upstream.begin(Framing.CHUNKED);
            // A gRPC client may wait for the head of the response before it sends its first message.
            upstream.sendHead();
            // If its connection had ended, another attempt may have the body by now.
            if (!upstream.response().isComplete()) {
                stream(upstream);
            }
            return;
        }
        request.exceptionHandler(gone -> abort(upstream));
        request.endHandler(end -> {
            empty = true;
            upstream.begin(exchange.framing().isEmpty() ? exchange.framing() : Framing.NONE);
            upstream.end();
        });
        request.handler(first -> {
            if (request.isEnded()) {
                // The client has reset the stream behind this piece, and the request has been aborted.
                return;
            }
            taken = true;
            request.pause();
            upstream.begin(Framing.CHUNKED);
            if (first.length() > exchange.bodyLimit()) {
                upstream.abort(exchange.bodyLimitFailure());
                return;
            }
            upstream.write(first);
            stream(upstream);
        });
        request.fetch(1);
    }

    /**
     * Sends the body when the upstream asks for it. If the upstream does not respond within 1 s, sends it without (RFC 9110 §10.1.1).
     */
    private void awaitContinue(UpstreamRequest upstream) {
        AtomicBoolean decided = new AtomicBoolean();
        expected = true;
        Runnable begin = () -> {
            if (decided.compareAndSet(false, true)) {
                expected = false;
                asked = true;
                request.response().writeContinue();
                stream(upstream);
            }
        };
        long timer = vertx.setTimer(CONTINUE_MILLIS, late -> begin.run());
        upstream.onContinue(begin);
        upstream.response().onComplete(responded -> {
            vertx.cancelTimer(timer);
            decided.set(true);
        });
        upstream.sendHead();
    }

    private void stream(UpstreamRequest upstream) {
        FairReads.hold(request, false);
        request.pipe()
                .endOnSuccess(false)
                .endOnFailure(false)
                .to(this)
                .compose(sent -> {
                    taken = true;
                    return upstream.end(Trailers.ofRequest(exchange));
                })
                .onFailure(failure -> {
                    if (failure instanceof ProxyException tooLarge) {
                        upstream.abort(tooLarge);
                    } else {
                        abort(upstream);
                    }
                });
    }

    // Of the pipe

    @Override
    public Future<Void> write(Buffer piece) {
        taken = true;
        if (exchange.bodyLimit() != Long.MAX_VALUE && request.bytesRead() > exchange.bodyLimit()) {
            upstream().abort(exchange.bodyLimitFailure());
            return Future.failedFuture(exchange.bodyLimitFailure());
        }
        Future<Void> written = upstream().write(piece);
        if (upstream().writeQueueFull()) {
            // The pipe pauses the request next.
            FairReads.hold(request, true);
        }
        return written;
    }

    @Override
    public Future<Void> end() {
        return upstream().end();
    }

    @Override
    public boolean writeQueueFull() {
        return upstream().writeQueueFull();
    }

    @Override
    public RequestBody drainHandler(@Nullable Handler<Void> handler) {
        upstream()
                .drainHandler(
                        handler == null
                                ? null
                                : drained -> {
                                    FairReads.hold(request, false);
                                    handler.handle(null);
                                });
        return this;
    }

    /** Has no effect: the connection bounds the bytes that wait to be written. */
    @Override
    public RequestBody setWriteQueueMaxSize(int size) {
        return this;
    }

    /** Has no effect: a failure of the request fails its response. */
    @Override
    public RequestBody exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }

    private UpstreamRequest upstream() {
        return Objects.requireNonNull(upstream);
    }

    /**
     * Takes the body away from an attempt that has failed. It waits as it did before the first attempt, and none of it goes to a
     * request that has ended.
     */
    void detach() {
        if (!isRead()) {
            request.pause();
            FairReads.hold(request, true);
            request.handler(null);
            request.endHandler(null);
            request.exceptionHandler(null);
        }
    }

    /** Drops the rest of a body that the upstream has not waited for. {@code responded} completes when the response is written. */
    void dropRemainder(UpstreamRequest upstream, Future<Void> responded, RequestRemainder remainder) {
        RequestRemainder.drop(request);
        upstream.cutShort();
        responded.onSuccess(done -> {
            if (endsConnection()) {
                remainder.close(request);
            } else {
                remainder.linger(request);
            }
        });
    }

    /** Aborts after all handlers of the client's end have run, so that it does not count against the upstream. */
    private void abort(UpstreamRequest upstream) {
        vertx.runOnContext(then -> upstream.abort(new ClientLeft()));
    }
}
