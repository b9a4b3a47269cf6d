package io.gatehouse.proxy.client;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.Redaction;
import io.gatehouse.proxy.exchange.ForwardingRecord;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.syntax.Authority;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Creates the record of one finished request for the plugins that log it.
 *
 * @param route null if no route matched
 * @param service null if the route has no enabled Service
 */
record RequestLog(
        Redaction redaction,
        @Nullable Route route,
        @Nullable Service service) {

    FinishedRequest finished(ProxyExchange exchange, Observation observation) {
        HttpServerRequest request = exchange.request();
        ForwardingRecord forwarded = exchange.forwardingRecord();
        String upstreamTarget = forwarded == null ? null : forwarded.target();
        String target = redaction.target(request.uri());
        return new FinishedRequest(
                exchange.requestId(),
                exchange.method(),
                target,
                exchange.path(),
                url(exchange, target),
                redaction.query(request.query()),
                redaction.headers(request.headers()),
                observation.requestBytes(),
                observation.status(),
                redaction.headers(request.response().headers()),
                observation.responseBytes(),
                observation.isUpstreams(),
                upstreamTarget == null ? null : shown(exchange, upstreamTarget),
                forwarded == null ? 0 : forwarded.status(),
                forwarded == null ? List.of() : forwarded.attempts(),
                route,
                service,
                exchange.identity(),
                exchange.clientAddress(),
                tls(request),
                caller(exchange),
                System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(observation.totalNanos()),
                latencies(observation),
                exchange.pluginTraces(),
                correlationId(exchange));
    }

    /** The header can be one that also carries a credential. */
    private @Nullable String correlationId(ProxyExchange exchange) {
        Map.Entry<String, String> id = exchange.correlationId();
        return id == null ? null : redaction.header(id.getKey(), id.getValue());
    }

    private String shown(ProxyExchange exchange, String upstreamTarget) {
        String query = exchange.request().query();
        boolean isChanged = exchange.upstreamPath() != null || !Objects.equals(exchange.query(), query);
        return isChanged
                ? redaction.changedTarget(upstreamTarget, exchange.request().headers(), query, exchange.formInQuery())
                : redaction.target(upstreamTarget);
    }

    private static FinishedRequest.Latencies latencies(Observation observation) {
        return new FinishedRequest.Latencies(
                observation.totalNanos(),
                observation.gatewayNanos(),
                observation.upstreamNanos(),
                observation.receiveNanos());
    }

    private static FinishedRequest.Caller caller(ProxyExchange exchange) {
        SocketAddress peer = exchange.request().remoteAddress();
        Authority authority = exchange.authority();
        return new FinishedRequest.Caller(
                peer == null ? exchange.clientAddress() : peer.hostAddress(),
                peer == null ? 0 : peer.port(),
                RequestObserver.protocol(exchange.request().version()),
                authority == null ? null : authority.host());
    }

    private static String url(ProxyExchange exchange, String target) {
        Authority authority = exchange.authority();
        String host = authority == null ? "" : authority.host();
        // A connection that has closed may have none.
        SocketAddress local = exchange.request().localAddress();
        return (exchange.isTls() ? "https://" : "http://")
                + host
                + (local == null ? "" : ":" + local.port())
                + (target.startsWith("/") ? target : exchange.path());
    }

    private static FinishedRequest.@Nullable Tls tls(HttpServerRequest request) {
        SSLSession session = request.isSSL() ? request.sslSession() : null;
        return session == null ? null : new FinishedRequest.Tls(session.getProtocol(), session.getCipherSuite());
    }
}
