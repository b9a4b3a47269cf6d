package io.gatehouse.proxy;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import java.net.ConnectException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request to its upstream and streams the answer back, with backpressure both ways. Runs for every proxied
 * request.
 */
final class UpstreamForwarder {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final long CONTINUE_MILLIS = 1_000;
    /** How long a client may go on sending a body nobody wants after its answer. */
    private static final long LINGER_MILLIS = 1_000;

    private final Vertx vertx;
    private final HttpClient client;
    private final UpgradeForwarder upgrades;

    UpstreamForwarder(Vertx vertx, HttpClient client) {
        this.vertx = vertx;
        this.client = client;
        this.upgrades = new UpgradeForwarder(client);
    }

    /**
     * Forwards the request; completes when the response is written. Fails with a {@link ProxyException} as long as nothing
     * was written; a failure after that ends the connection, so that a truncated answer never looks complete.
     *
     * @param uri path and query for the upstream
     * @param host what the client asked for when the route preserves it, or null
     */
    Future<Void> forward(
            Exchange exchange, UpstreamTarget target, String uri, @Nullable HostAndPort host, @Nullable String prefix) {
        if (exchange.request().canUpgradeToWebSocket()) {
            upgrades.forward(exchange, target, uri, host, prefix);
            return Future.succeededFuture();
        }
        RequestOptions options =
                target.options().setMethod(exchange.request().method()).setURI(uri);
        exchange.upstreamStarts(System.nanoTime());
        return attempt(exchange, target, options, host, prefix, target.service().retries());
    }

    private Future<Void> attempt(
            Exchange exchange,
            UpstreamTarget target,
            RequestOptions options,
            @Nullable HostAndPort host,
            @Nullable String prefix,
            int retriesLeft) {
        return client.request(options)
                .compose(request -> {
                    request.authority(host == null ? target.authority() : host);
                    RequestHeaders.copy(exchange, prefix, request.headers());
                    return send(exchange, request);
                })
                .transform((response, failure) -> {
                    if (failure == null) {
                        return receive(exchange, response);
                    }
                    return retriesLeft > 0 && mayTryAgain(exchange, failure)
                            ? attempt(exchange, target, options, host, prefix, retriesLeft - 1)
                            : Future.failedFuture(translate(failure));
                });
    }

    /** Sends head and body; completes with the head of the response. */
    private Future<HttpClientResponse> send(Exchange exchange, HttpClientRequest upstream) {
        HttpServerRequest request = exchange.request();
        // Whoever went away does not want the answer: the upstream's connection must not wait for it either.
        request.response().exceptionHandler(gone -> upstream.reset());
        // The response's future tells us the same; without a handler Vert.x would log it as an error.
        upstream.exceptionHandler(broken -> {});
        Buffer body = exchange.body();
        if (exchange.isBodyRead()) {
            Buffer content = body == null ? Buffer.buffer() : body;
            upstream.headers().remove("expect");
            // A plugin may have taken something out of it.
            upstream.putHeader("content-length", Integer.toString(content.length()));
            upstream.end(content);
        } else if (!exchange.hasBody()) {
            upstream.end();
        } else {
            if (request.getHeader("content-length") == null) {
                upstream.setChunked(true);
            }
            if (upstream.headers().contains("expect")) {
                awaitContinue(request, upstream);
            } else {
                stream(request, upstream);
            }
        }
        return upstream.response();
    }

    /**
     * The client waits for the upstream's word before it sends the body; an upstream that gives none in a second gets it
     * all the same (RFC 9110 §10.1.1).
     */
    private void awaitContinue(HttpServerRequest request, HttpClientRequest upstream) {
        AtomicBoolean begun = new AtomicBoolean();
        Runnable begin = () -> {
            if (begun.compareAndSet(false, true)) {
                request.response().writeContinue();
                stream(request, upstream);
            }
        };
        long timer = vertx.setTimer(CONTINUE_MILLIS, late -> begin.run());
        upstream.continueHandler(go -> begin.run());
        upstream.response().onComplete(answered -> {
            vertx.cancelTimer(timer);
            begun.set(true);
        });
        upstream.sendHead();
    }

    private static void stream(HttpServerRequest request, HttpClientRequest upstream) {
        request.pipe().endOnFailure(false).to(upstream).onFailure(failure -> upstream.reset());
    }

    private Future<Void> receive(Exchange exchange, HttpClientResponse upstream) {
        HttpServerResponse response = exchange.request().response();
        long now = System.nanoTime();
        response.setStatusCode(upstream.statusCode());
        if (upstream.statusMessage() != null) {
            response.setStatusMessage(upstream.statusMessage());
        }
        ResponseHeaders.copy(upstream.headers(), response.headers());
        long upstreamMillis = (now - exchange.upstreamStartNanos()) / NANOS_PER_MILLI;
        long proxyMillis = (exchange.upstreamStartNanos() - exchange.startNanos()) / NANOS_PER_MILLI;
        response.putHeader("x-kong-upstream-latency", Long.toString(upstreamMillis));
        response.putHeader("x-kong-proxy-latency", Long.toString(proxyMillis));
        response.putHeader("x-kong-request-id", exchange.requestId());
        if (!upstream.headers().contains("content-length") && mayHaveBody(exchange, upstream.statusCode())) {
            response.setChunked(true);
        }
        Promise<Void> written = Promise.promise();
        upstream.pipe()
                .endOnComplete(false)
                .to(response)
                .onSuccess(done -> {
                    upstream.trailers().forEach(trailer -> response.putTrailer(trailer.getKey(), trailer.getValue()));
                    boolean unread = !exchange.isBodyRead()
                            && exchange.hasBody()
                            && !exchange.request().isEnded();
                    response.end().onComplete(written);
                    if (unread) {
                        linger(exchange.request());
                    }
                })
                .onFailure(failure -> {
                    // Half an answer is out: only a broken connection says that it is half.
                    boolean clientLeft = response.closed();
                    upstream.request().reset();
                    response.reset();
                    written.fail(clientLeft ? new ClientLeft() : failure);
                });
        return written.future();
    }

    /** The upstream answered before the body was through: what is left of it is read and dropped, for a while. */
    private void linger(HttpServerRequest request) {
        request.handler(null);
        request.resume();
        vertx.setTimer(LINGER_MILLIS, timer -> {
            if (!request.isEnded()) {
                request.connection().close();
            }
        });
    }

    /** RFC 9110 §6.4.1: these have none, so none must be announced. */
    private static boolean mayHaveBody(Exchange exchange, int status) {
        return status != 204 && status != 304 && !exchange.method().equals("HEAD");
    }

    /** Nothing reached the upstream, or nothing that asking twice would do twice (RFC 9110 §9.2.2). */
    private static boolean mayTryAgain(Exchange exchange, Throwable failure) {
        if (failure instanceof ConnectException) {
            return true;
        }
        boolean idempotent = switch (exchange.method()) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            default -> false;
        };
        return idempotent && !exchange.hasBody() && UpstreamFailure.isReset(failure);
    }

    private static ProxyException translate(Throwable failure) {
        return UpstreamFailure.error(failure).because(failure);
    }
}
