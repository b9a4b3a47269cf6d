package io.gatehouse.proxy;

import io.gatehouse.connection.RequestHeadException;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.ClientConnections;
import io.gatehouse.proxy.client.Observation;
import io.gatehouse.proxy.exchange.GrpcRequest;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.forward.Forwarding;
import io.gatehouse.proxy.forward.Handshake;
import io.gatehouse.proxy.forward.HashKeys;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.forward.UpstreamCall;
import io.gatehouse.proxy.forward.UpstreamFailure;
import io.gatehouse.proxy.forward.UpstreamForwarder;
import io.gatehouse.proxy.head.Http2Head;
import io.gatehouse.proxy.head.RequestFraming;
import io.gatehouse.routing.RouteMatch;
import io.gatehouse.routing.RouteTable;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.RequestTarget;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A proxied request from its head to its last byte: route, plugins, upstream. Runs for every proxied request; each failure
 * ends in the {@link ErrorResponder}.
 */
final class ProxyHandler {
    /** HTTP/1.1 refuses longer ones earlier, in its codec (docs/reference/limits.md#clients-of-the-proxy). */
    private static final int MAX_TARGET_CHARS = 8 * 1024;

    /** They would show a client what the gateway adds, or open a tunnel (RFC 9110 §9.3.6, §9.3.8); the second is IIS's. */
    private static final Set<String> NOT_PROXIED = Set.of("TRACE", "TRACK", "CONNECT");

    private static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private final ProxyConfiguration configuration;
    private final TrustedPeers trusted;
    private final UpstreamForwarder forwarder;
    private final ErrorResponder responder;
    private final ClientConnections connections;

    ProxyHandler(
            ProxyConfiguration configuration,
            TrustedPeers trusted,
            UpstreamForwarder forwarder,
            ErrorResponder responder,
            ClientConnections connections) {
        this.configuration = configuration;
        this.trusted = trusted;
        this.forwarder = forwarder;
        this.responder = responder;
        this.connections = connections;
    }

    void handle(HttpServerRequest request, Observation observed) {
        long start = observed.startNanos();
        String requestId = observed.requestId();
        RouteTable<RoutePlan> routes = configuration.routes();
        if (NOT_PROXIED.contains(request.method().name())) {
            responder.fail(observed, ProxyError.METHOD_NOT_ALLOWED.failure().with("Allow", ALLOWED));
            return;
        }
        if (routes == null) {
            responder.fail(observed, ProxyError.NO_CONFIGURATION.failure());
            return;
        }
        ProxyExchange exchange = exchange(request, requestId, start);
        if (exchange == null) {
            responder.fail(observed, ProxyError.BAD_REQUEST.failure());
            return;
        }
        observed.understood(exchange);
        if (request.uri().length() > MAX_TARGET_CHARS) {
            responder.fail(observed, ProxyError.URI_TOO_LONG.failure());
            return;
        }
        request.response().exceptionHandler(failure -> broken(observed, exchange, failure));
        boolean mayHaveBody = exchange.mayHaveBody();
        if (Handshake.isAsked(request) && (mayHaveBody || !Handshake.begin(exchange))) {
            // What follows would be a body or a request to one reader and the WebSocket to another.
            responder.fail(observed, ProxyError.BAD_REQUEST.failure());
            return;
        }
        if (mayHaveBody) {
            // Before any asynchronous step: what arrives while a token is looked up would be lost.
            request.pause();
            connections.whenStalled(request, () -> isAwaited(exchange), () -> stalled(observed, exchange));
        }
        RouteMatch<RoutePlan> match = routes.match(exchange);
        if (match == null) {
            responder.fail(observed, ProxyError.NO_ROUTE.failure());
            return;
        }
        observed.routed(match.target().meters());
        if (match.needsHttps()) {
            responder.requireHttps(observed, match.route().httpsRedirectStatusCode(), httpsLocation(exchange));
        } else {
            proxy(observed, exchange, match);
        }
    }

    /**
     * The client went away while its request was under way, or the rest of the request makes no sense: then it hears so,
     * and its connection ends.
     */
    private void broken(Observation observed, ProxyExchange exchange, Throwable failure) {
        HttpServerResponse response = exchange.request().response();
        if (!UpstreamFailure.isReset(failure) && !response.headWritten() && !response.ended()) {
            responder.fail(observed, errorInBody(failure).failure());
            if (exchange.request().version() != HttpVersion.HTTP_2) {
                // Vert.x drops the connection next, with all that is not flushed. In HTTP/2 a stream ends, and no more.
                exchange.request().connection().close();
            }
        }
        exchange.broken();
    }

    /** Whether a plugin waits for the body; a forwarded one is for {@link Forwarding} to watch. */
    private static boolean isAwaited(ProxyExchange exchange) {
        return exchange.isBodyRead() && exchange.upstreamStartNanos() == 0;
    }

    /** The client is too slow with a body that a plugin reads. */
    private void stalled(Observation observed, ProxyExchange exchange) {
        HttpServerRequest request = exchange.request();
        if (!request.response().headWritten()) {
            responder.fail(observed, ProxyError.REQUEST_TIMEOUT.failure());
            exchange.broken();
        }
    }

    /** The request as routing and plugins see it; null when its head makes no sense. */
    private @Nullable ProxyExchange exchange(HttpServerRequest request, String requestId, long start) {
        boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
        if (isHttp2 && !Http2Head.isSound(request)) {
            return null;
        }
        Framing framing = RequestFraming.of(request);
        if (framing == null) {
            return null;
        }
        RequestTarget target = RequestTarget.parse(request.uri());
        if (target == null) {
            return null;
        }
        // RFC 9112 §3.2.2: an absolute target's host counts, whatever the header says.
        Authority authority = target.authority();
        String host = isHttp2 ? String.valueOf(request.authority()) : host(request);
        if (host == null) {
            return null;
        }
        if (authority == null && !host.isEmpty()) {
            authority = Authority.parse(host);
            if (authority == null) {
                return null;
            }
        }
        boolean trustedPeer = trusted.contains(request.remoteAddress());
        return new ProxyExchange(request, requestId, framing, target, authority, trustedPeer, start);
    }

    /** The one Host header of an HTTP/1 request; empty when HTTP/1.0 has none, null when it makes no sense. */
    private static @Nullable String host(HttpServerRequest request) {
        List<String> hosts = request.headers().getAll("host");
        if (hosts.isEmpty()) {
            return request.version() == HttpVersion.HTTP_1_1 ? null : "";
        }
        return hosts.size() == 1 && !hosts.get(0).isEmpty() ? hosts.get(0) : null;
    }

    private void proxy(Observation observed, ProxyExchange exchange, RouteMatch<RoutePlan> match) {
        ServiceDestination target = match.target().target();
        if (target == null) {
            responder.fail(observed, ProxyError.NO_SERVICE.failure());
            return;
        }
        exchange.service(target.service());
        Future<Outcome> outcome = match.target().chain().run(exchange);
        if (outcome.succeeded()) {
            proceed(observed, exchange, match, target, outcome.result());
        } else {
            outcome.onComplete(
                    done -> proceed(observed, exchange, match, target, done),
                    failure -> responder.fail(observed, failure));
        }
    }

    private void proceed(
            Observation observed,
            ProxyExchange exchange,
            RouteMatch<RoutePlan> match,
            ServiceDestination target,
            Outcome outcome) {
        if (outcome instanceof Outcome.Response answer) {
            responder.answer(observed, answer);
            return;
        }
        if (target.isGrpc() && !exchange.isGrpc()) {
            responder.fail(observed, noGrpc(exchange));
            return;
        }
        String path = match.target().path().path(match, exchange.path());
        HostAndPort host = match.route().preserveHost() ? clientsHost(exchange) : null;
        UpstreamCall call = new UpstreamCall(
                exchange.query() == null ? path : path + "?" + exchange.query(),
                host == null ? target.authority() : host,
                match.target().path().forwardedPrefix(match),
                target.balancer() == null ? 0 : HashKeys.of(target.balancer().upstream(), exchange, match));
        forwarder.forward(exchange, target, call).onFailure(failure -> responder.fail(observed, failure));
    }

    /** Why a request cannot go to a Service that speaks gRPC, whose endpoints of plugins need not be called in it. */
    private static ProxyException noGrpc(ProxyExchange exchange) {
        boolean isLaterVersionNeeded =
                exchange.request().version() != HttpVersion.HTTP_2 && GrpcRequest.claimsGrpc(exchange.request());
        return isLaterVersionNeeded
                ? ProxyError.HTTP2_REQUIRED
                        .failure()
                        .with("Connection", "Upgrade")
                        .with("Upgrade", "HTTP/2")
                : ProxyError.GRPC_REQUIRED.failure();
    }

    private static @Nullable HostAndPort clientsHost(ProxyExchange exchange) {
        Authority authority = exchange.authority();
        return authority == null
                ? null
                : HostAndPort.create(authority.host(), authority.port() == Authority.NO_PORT ? -1 : authority.port());
    }

    /** Without a port: ours for http is not the one for https. */
    private static String httpsLocation(ProxyExchange exchange) {
        Authority authority = exchange.authority();
        String query = exchange.query() == null ? "" : "?" + exchange.query();
        return "https://" + (authority == null ? "" : authority.host()) + exchange.path() + query;
    }

    /** A request the HTTP codec could not read; the connection ends with the answer, since nobody knows where it ends. */
    void invalid(HttpServerRequest request, Observation observed) {
        ProxyError error = error(request.decoderResult().cause());
        responder.fail(observed, error.failure());
        request.connection().close();
    }

    private static ProxyError error(Throwable codecs) {
        if (codecs instanceof TooLongHttpLineException) {
            return ProxyError.URI_TOO_LONG;
        }
        if (codecs instanceof RequestHeadException head && head.isVersion()) {
            return ProxyError.HTTP_VERSION;
        }
        return errorInBody(codecs);
    }

    /** A line that is too long there is a chunk's, and its headers are trailers. */
    private static ProxyError errorInBody(Throwable codecs) {
        return codecs instanceof TooLongHttpHeaderException ? ProxyError.HEADERS_TOO_LARGE : ProxyError.BAD_REQUEST;
    }
}
