package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.Peer;
import io.gatehouse.plugin.BodyTransformation;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ReplacedResponse;
import io.gatehouse.proxy.client.ClientLeft;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.upstream.UpgradeRequest;
import io.gatehouse.upstream.UpstreamHead;
import io.gatehouse.upstream.UpstreamRequest;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Forwards one request to its upstream, in one attempt or several, and its response to the client.
 *
 * <p><i>Invariant</i>: the returned future completes once, and each peer that {@code began} a request has {@code ended} it by then.
 *
 * <p><i>Threading</i>: used by the request's event loop alone.
 */
public final class Forwarding implements Upstreams.Caller {
    private final UpstreamForwarder forwarder;
    private final ProxyExchange exchange;
    private final ServiceDestination target;
    private final UpstreamCall call;
    private final RequestBody body;
    /** Null unless the client asks for a WebSocket. */
    private final @Nullable Handshake handshake;

    private final ProgressTimeout timeout;

    private final Promise<Void> written = Promise.promise();

    private int retriesLeft;
    /** Peers of failed attempts; nearly always none. */
    private List<Peer> tried = List.of();

    private long attemptNanos;
    private boolean clientLeft;

    /** The peer of the current attempt; null between attempts, and without a balancer. */
    private @Nullable Peer peer;

    /** The request of the current attempt; null between attempts, and while its connection is made. */
    private @Nullable UpstreamRequest upstream;

    private @Nullable UpstreamHead head;

    Forwarding(
            UpstreamForwarder forwarder,
            ProxyExchange exchange,
            ServiceDestination target,
            UpstreamCall call,
            RequestBody body,
            @Nullable Handshake handshake) {
        this.forwarder = forwarder;
        this.exchange = exchange;
        this.target = target;
        this.call = call;
        this.body = body;
        this.handshake = handshake;
        this.retriesLeft = target.service().retries();
        this.timeout = new ProgressTimeout(
                forwarder.timeouts, target.service(), body, forwarder.limits, exchange.upstreamStartNanos());
    }

    /** Sends the request, retries it if that is allowed, and passes the response. Completes when the response is written. */
    Future<Void> start() {
        if (exchange.isBodyIncomplete()) {
            return Future.failedFuture(ProxyError.PAYLOAD_TOO_LARGE.failure());
        }
        try {
            head = RequestHeaders.head(exchange, call, target.authority());
            if (handshake != null) {
                Handshake.askFor(head.headers());
            }
        } catch (IllegalArgumentException unwritable) {
            // A header of the client or of the configuration. No peer has been chosen that it could count against.
            return Future.failedFuture(ProxyError.BAD_REQUEST.causedBy(unwritable));
        }
        attempt();
        return written.future();
    }

    private void attempt() {
        if (isOver()) {
            written.fail(new ClientLeft());
            return;
        }
        Balancer balancer = target.balancer();
        if (balancer != null) {
            peer = balancer.choose(call.hashKey(), tried);
            if (peer == null) {
                written.fail(ProxyError.NO_PEER.failure());
                return;
            }
            balancer.began(peer);
        }
        attemptNanos = System.nanoTime();
        if (exchange.forwardingRecord() != null) {
            target.addAttempt(exchange.forwardingRecord(), peer);
        }
        UpstreamHead addressed = target.addressed(Objects.requireNonNull(head), call, peer);
        Runnable leave = forwarder.upstreams.request(target, peer, addressed, handshake, attemptNanos, this);
        if (leave != null && upstream == null) {
            // A client that has left must not keep its place among those that wait.
            exchange.whenBroken(() -> {
                clientLeft = true;
                leave.run();
            });
        }
    }

    /** Sends head and body. */
    @Override
    public void opened(UpstreamRequest upstream) {
        this.upstream = upstream;
        upstream.response().onComplete(this::receive, this::failed);
        if (this.upstream != upstream) {
            // Its connection had ended, and the next attempt may have begun.
            return;
        }
        if (isOver()) {
            // While the connection was made. The upstream does not serve the request: in HTTP/1 it receives nothing,
            // in HTTP/2 a head with its reset.
            upstream.abort(new ClientLeft());
            return;
        }
        // A client that has left must not keep the upstream's connection in use.
        exchange.whenBroken(() -> {
            clientLeft = true;
            upstream.abort(new ClientLeft());
        });
        try {
            timeout.start(upstream);
            body.sendWith(upstream, Objects.requireNonNull(head));
        } catch (IllegalArgumentException unwritable) {
            upstream.abort(ProxyError.BAD_REQUEST.causedBy(unwritable));
        } catch (RuntimeException unsendable) {
            upstream.abort(unsendable);
        }
    }

    /** Ends an attempt that failed before a response began: retries the request, or reports the failure. */
    @Override
    public void failed(Throwable failure) {
        timeout.stop();
        UpstreamRequest attempted = upstream;
        upstream = null;
        // The end of a connection that the request has not used yet is no failure of the peer.
        boolean isUnused = attempted != null && !attempted.isBegun();
        Peer failed = isUnused ? null : peer;
        leave(isUnused ? null : failure);
        if (exchange.forwardingRecord() != null) {
            exchange.forwardingRecord().failed(UpstreamFailure.error(failure).status());
        }
        if (isOver()) {
            written.fail(new ClientLeft());
        } else if (retriesLeft > 0 && UpstreamFailure.mayRetry(failure, attempted, exchange.upstreamMethod(), body)) {
            retriesLeft--;
            if (failed != null) {
                tried = new ArrayList<>(tried);
                tried.add(failed);
            }
            body.detach();
            // In a later turn, in which the pool has removed the connection that has ended.
            Vertx.currentContext().runOnContext(later -> attempt());
        } else {
            written.fail(UpstreamFailure.reported(failure));
        }
    }

    private void receive(UpstreamResponse upstream) {
        long now = System.nanoTime();
        exchange.upstreamAnswers(now, upstream.status());
        if (peer != null && target.balancer() != null) {
            target.balancer().responded(peer, upstream.status(), now - attemptNanos);
        }
        if (handshake != null && upstream.status() == Handshake.SWITCHING_PROTOCOLS) {
            switchProtocols(handshake, upstream, now);
            return;
        }
        PassedBody passing;
        try {
            BodyTransformation transformation = forwarder.responses.prepare(exchange, upstream, now);
            if (body.endsConnection()) {
                exchange.request().response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
            passing = PassedBody.of(exchange, upstream, transformation, handshake != null, forwarder);
        } catch (RuntimeException unwritable) {
            unwritable(unwritable);
            return;
        }
        timeout.passing(passing);
        passing.pass().onComplete(done -> passed(passing), this::aborted);
    }

    /** Aborts a response of which nothing has been written, and which cannot be passed on. */
    private void unwritable(RuntimeException reason) {
        timeout.stop();
        leave(blamed(reason));
        Objects.requireNonNull(upstream).abort(reason);
        replaced(reason);
    }

    /** Replaces a response whose head has been prepared, but not written: by that of a plugin, or an error. */
    private void replaced(Throwable reason) {
        exchange.request().response().headers().clear();
        written.fail(reason.getCause() instanceof ReplacedResponse other ? other : UpstreamFailure.reported(reason));
    }

    /** Returns the failure if it counts against the peer; null if a plugin of the gateway has failed. */
    private static @Nullable Throwable blamed(Throwable failure) {
        return failure instanceof TransformedBody.Failed ? null : failure;
    }

    /** Joins the connections of client and upstream to a WebSocket. The peer is in use until it ends. */
    private void switchProtocols(Handshake agreed, UpstreamResponse upstream, long now) {
        timeout.stop();
        UpgradeRequest upgraded = (UpgradeRequest) Objects.requireNonNull(this.upstream);
        if (isOver()) {
            leave(null);
            upgraded.abort(new ClientLeft());
            written.fail(new ClientLeft());
            return;
        }
        try {
            forwarder.responses.prepare(exchange, upstream, now);
        } catch (RuntimeException unwritable) {
            unwritable(unwritable);
            return;
        }
        agreed.join(upgraded)
                .onComplete(ended -> leave(null))
                .onSuccess(ended -> written.complete())
                .onFailure(closed -> written.fail(new ClientLeft()));
    }

    private void passed(PassedBody passing) {
        timeout.stop();
        leave(null);
        passing.finish().onComplete(written);
        if (!body.isRead()) {
            body.dropRemainder(Objects.requireNonNull(upstream), written.future(), forwarder.remainder);
        }
    }

    /**
     * Resets the client's stream or connection, because a truncated response must not look complete. The client receives an error if
     * the response has not begun there: its head waits for the first bytes of a body with a length, or of a plugin.
     */
    private void aborted(Throwable failure) {
        timeout.stop();
        leave(blamed(failure));
        boolean isLeft = isOver() || failure instanceof ClientLeft;
        Objects.requireNonNull(upstream).abort(failure);
        if (!isLeft && !exchange.request().response().headWritten()) {
            replaced(failure);
            return;
        }
        TruncatedResponse.reset(exchange.request());
        written.fail(isLeft ? new ClientLeft() : failure);
    }

    /** Ends the peer's part in the request. A failure counts against the peer, unless the client has caused it. */
    private void leave(@Nullable Throwable failure) {
        Balancer balancer = target.balancer();
        Peer left = peer;
        peer = null;
        if (left == null || balancer == null) {
            return;
        }
        balancer.ended(left);
        if (failure != null && !(failure instanceof ClientLeft) && !isOver()) {
            UpstreamFailure.count(failure, balancer, left);
        }
    }

    /** Whether the client has left, or has its response already. */
    private boolean isOver() {
        HttpServerResponse response = exchange.request().response();
        return clientLeft || response.closed() || response.ended();
    }
}
