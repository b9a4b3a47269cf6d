package io.gatehouse.proxy;

import io.gatehouse.connection.FairReads;
import io.gatehouse.connection.RequestHeadException;
import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.client.Observation;
import io.gatehouse.proxy.client.RequestRemainder;
import io.gatehouse.proxy.client.UploadBudget;
import io.gatehouse.proxy.exchange.Peers;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.exchange.ReadBodies;
import io.gatehouse.proxy.forward.Forwarding;
import io.gatehouse.proxy.forward.Handshake;
import io.gatehouse.proxy.forward.HashKeys;
import io.gatehouse.proxy.forward.ServiceDestination;
import io.gatehouse.proxy.forward.UpstreamCall;
import io.gatehouse.proxy.forward.UpstreamFailure;
import io.gatehouse.proxy.forward.UpstreamForwarder;
import io.gatehouse.routing.MetadataRoute;
import io.gatehouse.routing.ProtocolRule;
import io.gatehouse.routing.RouteMatch;
import io.gatehouse.routing.RouteTable;
import io.gatehouse.syntax.Authority;
import io.gatehouse.telemetry.RequestTrace;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Handles a proxied request: finds its route, runs the plugins, forwards it. Runs for every proxied request.
 *
 * <p><i>Invariant</i>: each failure is passed to {@link ErrorResponder}, once.
 */
final class ProxyHandler {
    /** For HTTP/2; the HTTP/1 codec rejects longer ones itself (docs/reference/limits.md#clients-of-the-proxy). */
    private static final int MAX_TARGET_CHARS = 8 * 1024;

    /** Methods that would show a client the headers which the gateway adds (RFC 9110 §9.3.8). TRACK is the TRACE of IIS. */
    private static final Set<String> NOT_PROXIED = Set.of("TRACE", "TRACK");

    private static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private final ProxyConfiguration configuration;
    private final Peers peers;
    private final ReadBodies bodies;
    private final UpstreamForwarder forwarder;
    private final ErrorResponder responder;
    private final boolean debug;

    /** {@code debug}: whether requests with {@code Kong-Debug} receive {@link DebugFields}. */
    ProxyHandler(
            ProxyConfiguration configuration,
            Peers peers,
            ReadBodies bodies,
            UpstreamForwarder forwarder,
            ErrorResponder responder,
            boolean debug) {
        this.configuration = configuration;
        this.peers = peers;
        this.bodies = bodies;
        this.forwarder = forwarder;
        this.responder = responder;
        this.debug = debug;
    }

    void handle(Observation observed) {
        HttpServerRequest request = observed.request();
        ProxyConfiguration.Routing routing = configuration.routing();
        if (request.method().equals(HttpMethod.CONNECT)) {
            // Its target is an authority and has no path.
            responder.fail(
                    observed, RequestHead.isSoundConnect(request) ? notAllowed() : ProxyError.BAD_REQUEST.failure());
            return;
        }
        ProxyExchange exchange = RequestHead.exchange(observed, peers);
        if (exchange == null) {
            responder.fail(observed, ProxyError.BAD_REQUEST.failure());
            return;
        }
        if (NOT_PROXIED.contains(request.method().name())) {
            responder.fail(observed, notAllowed());
            return;
        }
        if (routing == null) {
            responder.fail(observed, ProxyError.NO_CONFIGURATION.failure());
            return;
        }
        observed.parsed(exchange);
        exchange.plugins(routing.unmatched());
        if (routing.unmatched().logs()) {
            observed.log(routing.redaction(), null, null);
        }
        ProxyError violation = begin(observed, exchange);
        if (violation != null) {
            responder.fail(observed, violation.failure());
            return;
        }
        RouteTable<RoutePlan> routes = routing.routes();
        RouteMatch<RoutePlan> match = routes.match(exchange);
        if (match == null) {
            match = MetadataRoute.match(
                    routes, exchange, found -> found.target().chain().servesMetadata());
        }
        if (match == null) {
            responder.fail(observed, ProxyError.NO_ROUTE.failure());
            return;
        }
        observed.routed(match.target().meters());
        ServiceDestination target = match.target().target();
        Service service = target == null ? null : target.service();
        exchange.plugins(match.target().chain());
        if (match.target().chain().logs()) {
            observed.log(routing.redaction(), match.route(), service);
        }
        if (debug) {
            DebugFields.addTo(exchange, match.route(), service);
        }
        if (match.target().protocols() == ProtocolRule.NONE || isAllowed(observed, exchange, match)) {
            proxy(observed, exchange, match);
        }
    }

    /** Watches a request and its body. Returns the error of a long target or a malformed handshake, or null. */
    private @Nullable ProxyError begin(Observation observed, ProxyExchange exchange) {
        HttpServerRequest request = observed.request();
        if (request.uri().length() > MAX_TARGET_CHARS) {
            return ProxyError.URI_TOO_LONG;
        }
        request.response().exceptionHandler(failure -> aborted(observed, exchange, failure));
        boolean mayHaveBody = exchange.mayHaveBody();
        if (Handshake.isAsked(request)
                && (mayHaveBody || !Handshake.hasKey(request) || !Handshake.begin(exchange, forwarder.unsent()))) {
            // The bytes that follow would be a body or a request for one recipient, and the WebSocket for another.
            return ProxyError.BAD_REQUEST;
        }
        if (mayHaveBody) {
            exchange.bodyBudget(bodies);
            // Before any asynchronous step: the body that arrives during a token lookup would be lost.
            request.pause();
            FairReads.hold(request, true);
            observed.watchBody(() -> isAwaited(exchange), () -> stalled(observed, exchange), () -> dropped(exchange));
        }
        return null;
    }

    /** Whether the protocols of the route allow the request. Otherwise it is rejected. */
    private boolean isAllowed(Observation observed, ProxyExchange exchange, RouteMatch<RoutePlan> match) {
        if (match.target().protocols() == ProtocolRule.HTTPS) {
            if (exchange.isClientTls()) {
                return true;
            }
            responder.requireHttps(observed, match.route().httpsRedirectStatusCode(), httpsLocation(exchange));
            return false;
        }
        ProxyException violation = GrpcRule.violation(exchange, match.target().protocols());
        if (violation != null) {
            responder.fail(observed, violation);
        }
        return violation == null;
    }

    private static ProxyException notAllowed() {
        return ProxyError.METHOD_NOT_ALLOWED.failure().with("Allow", ALLOWED);
    }

    /** Ends a request whose client has left, or whose body is malformed. The latter receives an error response. */
    private void aborted(Observation observed, ProxyExchange exchange, Throwable failure) {
        HttpServerResponse response = exchange.request().response();
        if (!UpstreamFailure.isReset(failure) && !response.headWritten() && !response.ended()) {
            responder.fail(observed, errorInBody(failure).failure());
            if (exchange.request().version() != HttpVersion.HTTP_2) {
                // Vert.x would close the connection next, without flushing it. In HTTP/2 only the stream ends.
                exchange.request().connection().close();
            }
        }
        releaseBody(exchange.request());
        exchange.broken();
    }

    /** Ends a request whose body took too much memory. {@link UploadBudget} has reset its stream. */
    private static void dropped(ProxyExchange exchange) {
        releaseBody(exchange.request());
        exchange.broken();
    }

    /** Drops the received part of a body on an HTTP/2 stream: its request may still wait for a connection. */
    private static void releaseBody(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2 && !request.isEnded()) {
            RequestRemainder.drop(request);
        }
    }

    /** Whether a plugin waits for the body. {@link Forwarding} checks the pace of a forwarded one. */
    private static boolean isAwaited(ProxyExchange exchange) {
        return exchange.isBodyRead() && exchange.upstreamStartNanos() == 0;
    }

    /** Ends a request whose client is too slow with a body that a plugin reads. */
    private void stalled(Observation observed, ProxyExchange exchange) {
        HttpServerRequest request = exchange.request();
        if (!request.response().headWritten()) {
            responder.fail(observed, ProxyError.REQUEST_TIMEOUT.failure());
            exchange.broken();
        }
    }

    private void proxy(Observation observed, ProxyExchange exchange, RouteMatch<RoutePlan> match) {
        RequestTrace.routed(
                exchange.trace(), match.path() == null ? null : match.path().text());
        ServiceDestination target = match.target().target();
        exchange.matched(match.route(), target == null ? null : target.service(), match.matchedPath(), match.path());
        Future<Outcome> outcome = exchange.runPlugins();
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
            @Nullable ServiceDestination target,
            Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            responder.respond(observed, response);
            return;
        }
        if (target == null) {
            responder.fail(observed, ProxyError.NO_SERVICE.failure());
            return;
        }
        if (target.isGrpc() && !exchange.isGrpc()) {
            responder.fail(observed, GrpcRule.noCall(exchange));
            return;
        }
        String path = exchange.upstreamPath() == null
                ? match.target().path().path(match, exchange.path())
                : exchange.upstreamPath();
        UpstreamCall call = new UpstreamCall(
                exchange.query() == null ? path : path + "?" + exchange.query(),
                host(exchange, match.route()),
                match.target().path().forwardedPrefix(match),
                target.balancer() == null ? 0 : HashKeys.of(target.balancer().upstream(), exchange, match));
        forwarder.forward(exchange, target, call).onFailure(failure -> responder.fail(observed, failure));
    }

    /** Returns the host that a plugin or the client chooses; null for that of the Service or its target. */
    private static @Nullable HostAndPort host(ProxyExchange exchange, Route route) {
        Authority given = exchange.upstreamHost();
        Authority authority = given == null && route.preserveHost() ? exchange.authority() : given;
        return authority == null
                ? null
                : HostAndPort.create(authority.host(), authority.port() == Authority.NO_PORT ? -1 : authority.port());
    }

    /** Returns the https URL without a port: the http port of the request is not the https port. */
    private static String httpsLocation(ProxyExchange exchange) {
        Authority authority = exchange.authority();
        String query = exchange.query() == null ? "" : "?" + exchange.query();
        return "https://" + (authority == null ? "" : authority.host()) + exchange.path() + query;
    }

    /** Responds to a request that the HTTP codec rejected, and closes the connection: the end of the request is unknown. */
    void invalid(Observation observed) {
        HttpServerRequest request = observed.request();
        ProxyError error = error(request.decoderResult().cause());
        responder.fail(observed, error.failure());
        request.connection().close();
    }

    private static ProxyError error(Throwable failure) {
        if (failure instanceof TooLongHttpLineException) {
            return ProxyError.URI_TOO_LONG;
        }
        if (failure instanceof RequestHeadException head && head.isVersion()) {
            return ProxyError.HTTP_VERSION;
        }
        return errorInBody(failure);
    }

    /** Returns the error of a body: a long line there is a chunk header, and header fields are trailers. */
    private static ProxyError errorInBody(Throwable failure) {
        return failure instanceof TooLongHttpHeaderException ? ProxyError.HEADERS_TOO_LARGE : ProxyError.BAD_REQUEST;
    }
}
