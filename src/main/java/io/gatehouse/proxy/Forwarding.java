package io.gatehouse.proxy;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.Peer;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request on its way to its upstream, through every attempt, and the answer on its way back. */
final class Forwarding {
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** RFC 9113 §7; in HTTP/1 the connection is closed instead. */
    private static final long HTTP2_INTERNAL_ERROR = 2;

    static final int NOWHERE = -1;

    /** Where {@link UpstreamTimeouts} keeps it. */
    int place = NOWHERE;

    private final Exchange exchange;
    private final UpstreamTarget target;
    private final UpstreamCall call;
    private final RequestBody body;
    private final HttpClient client;
    private final UpstreamTimeouts timeouts;

    private int retriesLeft;
    /** Nearly always none. */
    private List<Peer> tried = List.of();

    private long attemptNanos;
    private boolean broken;
    /** The answer has come to its end: the connection may be another request's by now. */
    private boolean heard;

    private @Nullable HttpClientRequest upstream;
    private @Nullable ResponseBody answer;
    /** Bytes of both bodies, and when they were last more than before. */
    private long progress;

    private long progressNanos;

    Forwarding(
            Exchange exchange,
            UpstreamTarget target,
            UpstreamCall call,
            RequestBody body,
            HttpClient client,
            UpstreamTimeouts timeouts) {
        this.exchange = exchange;
        this.target = target;
        this.call = call;
        this.body = body;
        this.client = client;
        this.timeouts = timeouts;
        this.retriesLeft = target.service().retries();
    }

    /** Sends the request, again when that may help, and the answer back. */
    Future<Void> attempt() {
        if (isOver()) {
            return Future.failedFuture(new ClientLeft());
        }
        RequestOptions options =
                target.options().setMethod(exchange.request().method()).setURI(call.uri());
        Peer peer = null;
        Balancer balancer = target.balancer();
        if (balancer != null) {
            peer = balancer.choose(call.hashKey(), tried);
            if (peer == null) {
                return Future.failedFuture(ProxyError.NO_PEER.failure());
            }
            options.setServer(peer.address());
            balancer.began(peer);
        }
        attemptNanos = System.nanoTime();
        Peer chosen = peer;
        return client.request(options).compose(this::send).transform((response, failure) -> {
            if (failure == null) {
                return receive(response, chosen);
            }
            timeouts.remove(this);
            leave(chosen, failure);
            if (isOver()) {
                return Future.failedFuture(new ClientLeft());
            }
            return retriesLeft > 0 && mayTryAgain(failure)
                    ? again(chosen)
                    : Future.failedFuture(UpstreamFailure.error(failure).because(failure));
        });
    }

    private Future<Void> again(@Nullable Peer peer) {
        retriesLeft--;
        if (peer != null) {
            List<Peer> more = new ArrayList<>(tried);
            more.add(peer);
            tried = more;
        }
        return attempt();
    }

    /** Sends head and body; completes with the head of the response. */
    private Future<HttpClientResponse> send(HttpClientRequest upstream) {
        this.upstream = upstream;
        if (isOver()) {
            // While a connection was made: an upstream must not work for clients that only come and go
            // (CVE-2023-44487).
            upstream.exceptionHandler(reset -> {});
            upstream.reset(UpstreamReset.HTTP2_CANCEL);
            return Future.failedFuture(new ClientLeft());
        }
        upstream.authority(call.host());
        RequestHeaders.copy(exchange, call.prefix(), upstream.headers());
        // Whoever went away does not want the answer: the upstream's connection must not wait for it either.
        exchange.whenBroken(() -> {
            broken = true;
            if (!heard) {
                UpstreamReset.giveUp(upstream);
            }
        });
        // The response's future tells us the same; without a handler Vert.x would log it as an error.
        upstream.exceptionHandler(failure -> {});
        progressNanos = System.nanoTime();
        timeouts.add(this);
        body.sendWith(upstream);
        return upstream.response();
    }

    private Future<Void> receive(HttpClientResponse upstream, @Nullable Peer peer) {
        HttpServerResponse response = exchange.request().response();
        long now = System.nanoTime();
        exchange.upstreamAnswers(now);
        if (peer != null && target.balancer() != null) {
            target.balancer().answered(peer, upstream.statusCode(), now - attemptNanos);
        }
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
        if (!upstream.headers().contains("content-length") && mayHaveBody(upstream.statusCode())) {
            response.setChunked(true);
            if (!upstream.headers().contains("grpc-status")) {
                // Whether more comes, and when, nobody knows. (gRPC's answer that is only trailers has come whole.)
                response.writeHead();
            }
        }
        Promise<Void> written = Promise.promise();
        ResponseBody passing = new ResponseBody(upstream, response);
        answer = passing;
        passing.pass()
                .onSuccess(done -> {
                    heard = true;
                    timeouts.remove(this);
                    leave(peer, null);
                    passing.end().onComplete(written);
                    body.dropRest(upstream.request(), written.future());
                })
                .onFailure(failure -> {
                    timeouts.remove(this);
                    leave(peer, failure);
                    // Half an answer is out: only a broken connection or stream says that it is half.
                    boolean clientLeft = isOver();
                    UpstreamReset.giveUp(upstream.request());
                    response.reset(HTTP2_INTERNAL_ERROR);
                    written.fail(clientLeft ? new ClientLeft() : failure);
                });
        return written.future();
    }

    /**
     * Ends what the upstream has not gone on with for as long as its Service says: {@code write_timeout} while it takes the
     * body, {@code read_timeout} from then on (contract/proxy.md §2). The time a client takes is not the upstream's.
     */
    void look(long now) {
        HttpClientRequest asked = Objects.requireNonNull(upstream);
        long bytes = body.bytesRead() + (answer == null ? 0 : answer.bytesPassed());
        boolean sending = answer == null && !body.isRead();
        boolean waitsForClient = answer == null ? sending && !asked.writeQueueFull() : answer.isHeld();
        if (bytes != progress || waitsForClient) {
            progress = bytes;
            progressNanos = now;
            return;
        }
        int millis =
                sending ? target.service().writeTimeout() : target.service().readTimeout();
        if (now - progressNanos > millis * NANOS_PER_MILLI) {
            timeouts.remove(this);
            UpstreamReset.giveUp(
                    asked, new TimeoutException("nothing " + (sending ? "taken" : "heard") + " for " + millis + " ms"));
        }
    }

    /** The peer is free for others; a failure that was not the client's doing counts against it. */
    private void leave(@Nullable Peer peer, @Nullable Throwable failure) {
        Balancer balancer = target.balancer();
        if (peer == null || balancer == null) {
            return;
        }
        balancer.ended(peer);
        if (failure == null || failure instanceof ClientLeft || isOver()) {
            return;
        }
        switch (UpstreamFailure.error(failure)) {
            case UPSTREAM_TIMEOUT -> balancer.timedOut(peer);
            case INVALID_UPSTREAM_RESPONSE -> balancer.failed(peer);
            default -> {
                // It was never asked.
            }
        }
    }

    /** Whether there is nobody left to answer, or an answer that needs no upstream. */
    private boolean isOver() {
        HttpServerResponse response = exchange.request().response();
        return broken || response.closed() || response.ended();
    }

    /** RFC 9110 §6.4.1: these have none, so none must be announced. */
    private boolean mayHaveBody(int status) {
        return status != 204 && status != 304 && !exchange.method().equals("HEAD");
    }

    /** Nothing reached the upstream, or nothing that asking twice would do twice (RFC 9110 §9.2.2). */
    private boolean mayTryAgain(Throwable failure) {
        if (failure instanceof ConnectException) {
            return true;
        }
        boolean idempotent = switch (exchange.method()) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            default -> false;
        };
        return idempotent && body.isRepeatable() && UpstreamFailure.isReset(failure);
    }
}
