package io.gatehouse.proxy.client;

import io.gatehouse.plugin.Identity;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.traffic.ResponseOrigin;
import io.gatehouse.proxy.traffic.RouteMeters;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.telemetry.AccessEntry;
import io.gatehouse.telemetry.RequestTrace;
import io.gatehouse.telemetry.TraceParent;
import io.gatehouse.telemetry.Tracing;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records each request that has ended: counts and times it, writes the access log, ends its spans. Runs for every request.
 *
 * <p><i>Threading</i>: one for each event loop, used by it alone.
 *
 * <p><i>Why</i>: with the access log and tracing off it costs some additions to plain memory.
 */
public final class RequestObserver {
    private static final Logger ACCESS = LoggerFactory.getLogger(AccessEntry.LOGGER);

    private static final int SWITCHING_PROTOCOLS = 101;

    private final int loop;
    private final RouteMeters unmatched;
    private final @Nullable Tracing tracing;

    /** {@code loop} is the number of the event loop in the meters. {@code tracing} is null if spans are not exported. */
    public RequestObserver(int loop, TrafficMeters meters, @Nullable Tracing tracing) {
        this.loop = loop;
        this.unmatched = meters.unmatched();
        this.tracing = tracing;
    }

    /** Begins the trace of a request. */
    void parsed(ProxyExchange exchange) {
        if (tracing != null) {
            exchange.trace(tracing.begin(TraceParent.of(exchange.request()), exchange.requestId())
                    .scheme(exchange.isTls() ? "https" : "http"));
        }
    }

    void ended(Observation observation) {
        count(observation);
        ProxyExchange exchange = observation.exchange();
        RequestTrace trace = exchange == null ? null : exchange.trace();
        RequestLog log = observation.log();
        if (log != null && exchange != null && exchange.plugins().logs()) {
            exchange.plugins().log(log.finished(exchange, observation));
        }
        if (trace != null || ACCESS.isInfoEnabled()) {
            AccessEntry entry = entry(observation);
            ACCESS.info("{}", entry.shortened());
            if (trace != null) {
                trace.end(entry, observation.upstreamStatus());
            }
        }
    }

    private void count(Observation observation) {
        RouteMeters route = observation.route() == null ? unmatched : observation.route();
        int status = observation.status();
        route.record(
                loop,
                status,
                observation.origin(),
                observation.isComplete(),
                // The time that a WebSocket was open is no duration of a request.
                status == SWITCHING_PROTOCOLS ? -1 : observation.totalNanos(),
                observation.gatewayNanos(),
                observation.upstreamNanos(),
                observation.requestBytes(),
                observation.responseBytes());
        RequestTrace trace =
                observation.exchange() == null ? null : observation.exchange().trace();
        if (trace != null && trace.isSampled() && status != SWITCHING_PROTOCOLS) {
            route.exemplify(loop, observation.totalNanos(), trace.traceId(), trace.spanId());
        }
    }

    private static AccessEntry entry(Observation observation) {
        HttpServerRequest request = observation.request();
        ProxyExchange exchange = observation.exchange();
        RouteMeters route = observation.route();
        ResponseOrigin origin = observation.origin();
        return new AccessEntry(
                observation.requestId(),
                traceId(observation.requestId(), exchange),
                exchange == null ? request.remoteAddress().hostAddress() : exchange.clientAddress(),
                protocol(request.version()),
                request.method().name(),
                exchange == null || exchange.authority() == null
                        ? null
                        : exchange.authority().host(),
                exchange == null ? null : exchange.path(),
                observation.status(),
                origin.source(),
                origin.fault(),
                observation.isComplete(),
                route == null ? null : route.route(),
                route == null || route.service().equals(RouteMeters.NONE) ? null : route.service(),
                exchange == null || exchange.identity() == null ? null : consumer(exchange.identity()),
                observation.requestBytes(),
                observation.responseBytes(),
                observation.totalNanos(),
                observation.gatewayNanos(),
                observation.upstreamNanos());
    }

    private static String traceId(String requestId, @Nullable ProxyExchange exchange) {
        if (exchange == null) {
            return requestId;
        }
        String ofPlugin = exchange.pluginTraceId();
        if (ofPlugin != null) {
            return ofPlugin;
        }
        TraceParent caller = TraceParent.of(exchange.request());
        return caller == null ? requestId : caller.traceId();
    }

    static String protocol(@Nullable HttpVersion version) {
        return switch (version == null ? HttpVersion.HTTP_1_1 : version) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_1_1 -> "HTTP/1.1";
            case HTTP_2 -> "HTTP/2";
        };
    }

    private static @Nullable String consumer(Identity identity) {
        if (identity.consumerUsername() != null) {
            return identity.consumerUsername();
        }
        if (identity.consumerCustomId() != null) {
            return identity.consumerCustomId();
        }
        return identity.consumerId() == null ? null : identity.consumerId().toString();
    }
}
