package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.Peer;
import io.gatehouse.config.ClientLimits;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.ClientLeft;
import io.gatehouse.proxy.client.ClientPace;
import io.gatehouse.proxy.client.ClientTooSlow;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.upstream.Http2Request;
import io.gatehouse.upstream.UpgradeRequest;
import io.gatehouse.upstream.UpstreamAddress;
import io.gatehouse.upstream.UpstreamConnection;
import io.gatehouse.upstream.UpstreamConnections;
import io.gatehouse.upstream.UpstreamHead;
import io.gatehouse.upstream.UpstreamRequest;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request on its way to its upstream, through every attempt, and the answer on its way back. */
public final class Forwarding {
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** RFC 9113 §7; in HTTP/1 the connection is closed instead. */
    private static final long HTTP2_INTERNAL_ERROR = 2;

    static final int NOWHERE = -1;

    /** Where {@link UpstreamTimeouts} keeps it. */
    int place = NOWHERE;

    private final ProxyExchange exchange;
    private final ServiceDestination target;
    private final UpstreamCall call;
    private final RequestBody body;
    private final UpstreamClients clients;
    private final UpstreamConnections connections;
    private final UpstreamTimeouts timeouts;
    /** Null unless the client asks for a WebSocket. */
    private final @Nullable Handshake handshake;

    private final Promise<Void> written = Promise.promise();

    private int retriesLeft;
    /** Nearly always none. */
    private List<Peer> tried = List.of();

    private long attemptNanos;
    private boolean broken;

    /** Who has the request now; null when nobody in particular has. */
    private @Nullable Peer peer;

    private @Nullable UpstreamRequest upstream;
    private @Nullable UpstreamHead head;
    private @Nullable PassedBody answer;
    private final ClientPace pace;
    /** Bytes of both bodies, and when they were last more than before. */
    private long progress;

    private long progressNanos;

    Forwarding(
            ProxyExchange exchange,
            ServiceDestination target,
            UpstreamCall call,
            RequestBody body,
            UpstreamClients clients,
            UpstreamConnections connections,
            UpstreamTimeouts timeouts,
            ClientLimits limits,
            @Nullable Handshake handshake) {
        this.exchange = exchange;
        this.target = target;
        this.call = call;
        this.body = body;
        this.clients = clients;
        this.connections = connections;
        this.timeouts = timeouts;
        this.handshake = handshake;
        this.retriesLeft = target.service().retries();
        this.pace = new ClientPace(limits, System.nanoTime());
    }

    /** Sends the request, again when that may help, and the answer back; completes when that is written. */
    Future<Void> start() {
        if (exchange.isBodyIncomplete()) {
            return Future.failedFuture(ProxyError.PAYLOAD_TOO_LARGE.failure());
        }
        try {
            head = RequestHeaders.head(exchange, call);
            if (handshake != null) {
                Handshake.askFor(head.headers());
            }
        } catch (IllegalArgumentException unwritable) {
            // The client's or the configuration's, and found before a peer could be held responsible.
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
        if (target.isGrpc()) {
            RequestOptions options =
                    target.options(peer).setMethod(exchange.request().method()).setURI(call.uri());
            clients.of(target)
                    .request(options)
                    .compose(request -> Http2Request.on(request, Objects.requireNonNull(head)))
                    .onComplete(this::send, this::failed);
            return;
        }
        UpstreamAddress address = target.address(peer);
        UpstreamConnection idle = connections.idle(address, attemptNanos);
        if (idle == null) {
            connections.next(address, target.service().connectTimeout()).onComplete(this::sendOn, this::failed);
        } else {
            sendOn(idle);
        }
    }

    private void sendOn(UpstreamConnection connection) {
        UpstreamHead prepared = Objects.requireNonNull(head);
        send(handshake == null ? connection.request(prepared) : connection.upgrade(prepared, handshake::isAgreed));
    }

    /** Sends head and body. */
    private void send(UpstreamRequest upstream) {
        this.upstream = upstream;
        upstream.response().onComplete(this::receive, this::failed);
        if (isOver()) {
            // While a connection was made: no upstream must work for clients that only come and go (CVE-2023-44487).
            upstream.abort(new ClientLeft());
            return;
        }
        // Whoever went away does not want the answer: the upstream's connection must not wait for it either.
        exchange.whenBroken(() -> {
            broken = true;
            upstream.abort(new ClientLeft());
        });
        try {
            progressNanos = System.nanoTime();
            timeouts.add(this);
            body.sendWith(upstream, Objects.requireNonNull(head));
        } catch (IllegalArgumentException unwritable) {
            upstream.abort(ProxyError.BAD_REQUEST.causedBy(unwritable));
        } catch (RuntimeException unsendable) {
            upstream.abort(unsendable);
        }
    }

    /** The attempt came to nothing before an answer began. */
    private void failed(Throwable failure) {
        timeouts.remove(this);
        Peer failed = peer;
        leave(failure);
        if (isOver()) {
            written.fail(new ClientLeft());
        } else if (retriesLeft > 0 && mayTryAgain(failure)) {
            retriesLeft--;
            if (failed != null) {
                List<Peer> more = new ArrayList<>(tried);
                more.add(failed);
                tried = more;
            }
            attempt();
        } else {
            written.fail(
                    failure instanceof ProxyException known
                            ? known
                            : UpstreamFailure.error(failure).causedBy(failure));
        }
    }

    private void receive(UpstreamResponse upstream) {
        HttpServerResponse response = exchange.request().response();
        long now = System.nanoTime();
        exchange.upstreamAnswers(now);
        if (peer != null && target.balancer() != null) {
            target.balancer().answered(peer, upstream.status(), now - attemptNanos);
        }
        if (handshake != null && upstream.status() == Handshake.SWITCHING_PROTOCOLS) {
            switchProtocols(handshake, upstream, now);
            return;
        }
        PassedBody passing;
        try {
            if (handshake == null) {
                ResponseHeaders.pass(exchange, upstream, now);
                passing = new ResponseBody(exchange, upstream);
            } else {
                ResponseHeaders.prepare(exchange, upstream, now);
                passing = new RefusedHandshake(upstream, exchange.request());
            }
        } catch (RuntimeException unwritable) {
            timeouts.remove(this);
            leave(unwritable);
            Objects.requireNonNull(this.upstream).abort(unwritable);
            response.headers().clear();
            written.fail(ProxyError.INVALID_UPSTREAM_RESPONSE.causedBy(unwritable));
            return;
        }
        answer = passing;
        passing.pass().onComplete(done -> passed(passing), this::cutShort);
    }

    /** The upstream agreed to a WebSocket. Its connection and the peer are in use until that ends. */
    private void switchProtocols(Handshake agreed, UpstreamResponse upstream, long now) {
        timeouts.remove(this);
        UpgradeRequest upgraded = (UpgradeRequest) Objects.requireNonNull(this.upstream);
        if (isOver()) {
            leave(null);
            upgraded.abort(new ClientLeft());
            written.fail(new ClientLeft());
            return;
        }
        ResponseHeaders.prepare(exchange, upstream, now);
        agreed.join(upgraded)
                .onComplete(
                        ended -> {
                            leave(null);
                            written.complete();
                        },
                        closed -> {
                            leave(null);
                            written.fail(new ClientLeft());
                        });
    }

    private void passed(PassedBody passing) {
        timeouts.remove(this);
        leave(null);
        passing.finish().onComplete(written);
        body.dropRest(Objects.requireNonNull(upstream), written.future());
    }

    /** Half an answer is out: only a broken connection or stream says that it is half. */
    private void cutShort(Throwable failure) {
        timeouts.remove(this);
        leave(failure);
        boolean clientLeft = isOver();
        Objects.requireNonNull(upstream).abort(failure);
        exchange.request().response().reset(HTTP2_INTERNAL_ERROR);
        written.fail(clientLeft ? new ClientLeft() : failure);
    }

    /**
     * Ends the attempt when one side holds it: the upstream for {@code write_timeout} while it takes the body and {@code
     * read_timeout} from then on, a client that does not keep its {@link ClientPace}. The time of one is never the other's.
     */
    void look(long now) {
        UpstreamRequest asked = Objects.requireNonNull(upstream);
        long bytes = body.bytesRead() + (answer == null ? 0 : answer.bytesPassed());
        boolean sending = answer == null && !body.isRead();
        boolean waitsForClient = answer == null ? sending && !asked.writeQueueFull() : answer.isHeld();
        if (pace.isTooSlow(waitsForClient, bytes, now)) {
            timeouts.remove(this);
            asked.abort(new ClientTooSlow());
            return;
        }
        if (bytes != progress || waitsForClient) {
            progress = bytes;
            progressNanos = now;
            return;
        }
        int millis =
                sending ? target.service().writeTimeout() : target.service().readTimeout();
        if (now - progressNanos > millis * NANOS_PER_MILLI) {
            timeouts.remove(this);
            asked.abort(new TimeoutException(
                    "no progress of the " + (sending ? "request" : "response") + " for " + millis + " ms"));
        }
    }

    /** The peer is free for others; a failure that was not the client's doing counts against it. */
    private void leave(@Nullable Throwable failure) {
        Balancer balancer = target.balancer();
        Peer left = peer;
        peer = null;
        if (left == null || balancer == null) {
            return;
        }
        balancer.ended(left);
        if (failure == null || failure instanceof ClientLeft || isOver()) {
            return;
        }
        switch (UpstreamFailure.error(failure)) {
            case UPSTREAM_TIMEOUT -> balancer.timedOut(left);
            case INVALID_UPSTREAM_RESPONSE -> balancer.failed(left);
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
