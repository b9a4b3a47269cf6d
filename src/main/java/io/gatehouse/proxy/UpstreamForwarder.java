package io.gatehouse.proxy;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
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

    private final Vertx vertx;
    private final UpstreamClients clients;
    private final UpgradeForwarder upgrades;

    UpstreamForwarder(Vertx vertx, UpstreamClients clients) {
        this.vertx = vertx;
        this.clients = clients;
        this.upgrades = new UpgradeForwarder(clients.http());
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
        RequestBody body = new RequestBody(vertx, exchange);
        return attempt(
                exchange, target, body, options, host, prefix, target.service().retries());
    }

    private Future<Void> attempt(
            Exchange exchange,
            UpstreamTarget target,
            RequestBody body,
            RequestOptions options,
            @Nullable HostAndPort host,
            @Nullable String prefix,
            int retriesLeft) {
        return (target.isGrpc() ? clients.grpc() : clients.http())
                .request(options)
                .compose(request -> {
                    request.authority(host == null ? target.authority() : host);
                    RequestHeaders.copy(exchange, prefix, request.headers());
                    return send(exchange, body, request);
                })
                .transform((response, failure) -> {
                    if (failure == null) {
                        return receive(exchange, body, response);
                    }
                    return retriesLeft > 0 && mayTryAgain(exchange, body, failure)
                            ? attempt(exchange, target, body, options, host, prefix, retriesLeft - 1)
                            : Future.failedFuture(translate(failure));
                });
    }

    /** Sends head and body; completes with the head of the response. */
    private static Future<HttpClientResponse> send(Exchange exchange, RequestBody body, HttpClientRequest upstream) {
        // Whoever went away does not want the answer: the upstream's connection must not wait for it either.
        exchange.request().response().exceptionHandler(gone -> upstream.reset());
        // The response's future tells us the same; without a handler Vert.x would log it as an error.
        upstream.exceptionHandler(broken -> {});
        body.sendWith(upstream);
        return upstream.response();
    }

    private static Future<Void> receive(Exchange exchange, RequestBody body, HttpClientResponse upstream) {
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
            if (!upstream.headers().contains("grpc-status")) {
                // Whether more comes, and when, nobody knows. (gRPC's answer that is only trailers has come whole.)
                response.writeHead();
            }
        }
        Promise<Void> written = Promise.promise();
        upstream.pipe()
                .endOnComplete(false)
                .to(response)
                .onSuccess(done -> {
                    upstream.trailers().forEach(trailer -> response.putTrailer(trailer.getKey(), trailer.getValue()));
                    response.end().onComplete(written);
                    body.dropRest();
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

    /** RFC 9110 §6.4.1: these have none, so none must be announced. */
    private static boolean mayHaveBody(Exchange exchange, int status) {
        return status != 204 && status != 304 && !exchange.method().equals("HEAD");
    }

    /** Nothing reached the upstream, or nothing that asking twice would do twice (RFC 9110 §9.2.2). */
    private static boolean mayTryAgain(Exchange exchange, RequestBody body, Throwable failure) {
        if (failure instanceof ConnectException) {
            return true;
        }
        boolean idempotent = switch (exchange.method()) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            default -> false;
        };
        return idempotent && body.isRepeatable() && UpstreamFailure.isReset(failure);
    }

    private static ProxyException translate(Throwable failure) {
        return UpstreamFailure.error(failure).because(failure);
    }
}
