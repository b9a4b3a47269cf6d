package io.gatehouse.proxy;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.upstream.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.atomic.AtomicBoolean;

/** The body of one request on its way to the upstream, with backpressure. */
final class RequestBody {
    private static final long CONTINUE_MILLIS = 1_000;
    /** How long a client may go on sending a body nobody wants after its answer. */
    private static final long LINGER_MILLIS = 1_000;

    private final Vertx vertx;
    private final Exchange exchange;
    private final HttpServerRequest request;
    private boolean begun;

    RequestBody(Vertx vertx, Exchange exchange) {
        this.vertx = vertx;
        this.exchange = exchange;
        this.request = exchange.request();
    }

    /** Whether another attempt could send what this one did. */
    boolean isRepeatable() {
        return exchange.isBodyRead() || !begun;
    }

    /** Of the client's body, so far. */
    long bytesRead() {
        return request.bytesRead();
    }

    /** Whether there is nothing more to wait for from the client. */
    boolean isRead() {
        return exchange.isBodyRead() || request.isEnded() || !exchange.mayHaveBody();
    }

    /** Sends the head of the upstream request and the body after it. */
    void sendWith(UpstreamRequest upstream) {
        if (exchange.isBodyRead()) {
            sendRead(upstream);
        } else if (!exchange.mayHaveBody()) {
            upstream.end();
        } else if (request.version() == HttpVersion.HTTP_2 && request.getHeader("content-length") == null) {
            sendUnannounced(upstream);
        } else {
            if (request.getHeader("content-length") == null) {
                upstream.chunked();
            }
            if (upstream.headers().contains("expect")) {
                awaitContinue(upstream);
            } else {
                stream(upstream);
            }
        }
    }

    private void sendRead(UpstreamRequest upstream) {
        Buffer body = exchange.body();
        Buffer content = body == null ? Buffer.buffer() : body;
        upstream.headers().remove("expect");
        // A plugin may have taken something out of it.
        upstream.headers().set("content-length", Integer.toString(content.length()));
        upstream.end(content);
    }

    /**
     * An HTTP/2 request need not say whether a body comes. Where the upstream speaks HTTP/2 too, neither need we; HTTP/1.1
     * has to be told, so the first piece, or the end, is waited for.
     */
    private void sendUnannounced(UpstreamRequest upstream) {
        if (upstream.isHttp2()) {
            upstream.chunked();
            // A gRPC client may wait for the answer's head before it sends its first message.
            upstream.sendHead();
            stream(upstream);
            return;
        }
        request.exceptionHandler(gone -> giveUp(upstream));
        request.endHandler(end -> upstream.end());
        request.handler(first -> {
            begun = true;
            request.pause();
            upstream.chunked();
            upstream.write(first);
            stream(upstream);
        });
        request.fetch(1);
    }

    /**
     * The client waits for the upstream's word before it sends the body; an upstream that gives none in a second gets it
     * all the same (RFC 9110 §10.1.1).
     */
    private void awaitContinue(UpstreamRequest upstream) {
        AtomicBoolean decided = new AtomicBoolean();
        Runnable begin = () -> {
            if (decided.compareAndSet(false, true)) {
                request.response().writeContinue();
                stream(upstream);
            }
        };
        long timer = vertx.setTimer(CONTINUE_MILLIS, late -> begin.run());
        upstream.onContinue(begin);
        upstream.response().onComplete(answered -> {
            vertx.cancelTimer(timer);
            decided.set(true);
        });
        upstream.sendHead();
    }

    private void stream(UpstreamRequest upstream) {
        begun = true;
        request.pipe().endOnFailure(false).to(upstream).onFailure(failure -> giveUp(upstream));
    }

    /** After whoever else is told that the client is gone, so that it is not taken for the upstream's doing. */
    private void giveUp(UpstreamRequest upstream) {
        vertx.runOnContext(then -> upstream.giveUp(new ClientLeft()));
    }

    /**
     * The upstream has answered. What is left of the body nobody wants: it is read and dropped, until a while after the
     * answer is written.
     */
    void dropRest(UpstreamRequest upstream, Future<Void> written) {
        if (isRead()) {
            return;
        }
        request.handler(null);
        request.endHandler(null);
        upstream.cutShort();
        request.resume();
        written.onSuccess(done -> vertx.setTimer(LINGER_MILLIS, timer -> {
            if (!request.isEnded() && request.version() == HttpVersion.HTTP_2) {
                // RFC 9113 §8.1: the answer is complete; the rest of the request is not needed.
                request.response().reset(0);
            } else if (!request.isEnded()) {
                request.connection().close();
            }
        }));
    }
}
