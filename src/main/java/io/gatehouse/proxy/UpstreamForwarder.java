package io.gatehouse.proxy;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request to its upstream and streams the answer back, with backpressure both ways. Runs for every proxied
 * request.
 */
final class UpstreamForwarder {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final HttpClient client;
    private final UpgradeForwarder upgrades;

    UpstreamForwarder(HttpClient client) {
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
    private static Future<HttpClientResponse> send(Exchange exchange, HttpClientRequest upstream) {
        HttpServerRequest request = exchange.request();
        // Whoever went away does not want the answer: the upstream's connection must not wait for it either.
        request.response().exceptionHandler(gone -> upstream.reset());
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
                upstream.continueHandler(go -> {
                    request.response().writeContinue();
                    stream(request, upstream);
                });
                upstream.sendHead();
            } else {
                stream(request, upstream);
            }
        }
        return upstream.response();
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
                    response.end().onComplete(written);
                })
                .onFailure(failure -> {
                    // Half an answer is out: only a broken connection says that it is half.
                    upstream.request().reset();
                    response.reset();
                    written.fail(failure);
                });
        return written.future();
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
