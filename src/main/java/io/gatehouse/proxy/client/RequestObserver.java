package io.gatehouse.proxy.client;

import io.gatehouse.plugin.FinishedRequest;
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
import io.vertx.core.http.HttpServerResponse;
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
        long now = System.nanoTime();
        HttpServerRequest request = observation.request();
        HttpServerResponse response = request.response();
        ProxyExchange exchange = observation.exchange();
        long start = observation.startNanos();
        long handedOver = exchange == null ? 0 : exchange.upstreamStartNanos();
        long answered = exchange == null ? 0 : exchange.upstreamAnswerNanos();

        int status = response.headWritten() ? observation.status() : ResponseOrigin.CLIENT_LEFT;
        // The upstream may have responded after the client had left.
        boolean upstreamAnswered = answered != 0 && status != ResponseOrigin.CLIENT_LEFT;
        ResponseOrigin origin = ResponseOrigin.of(status, handedOver != 0, upstreamAnswered);
        long total = now - start;
        long gateway = handedOver == 0 ? total : handedOver - start;
        long upstream = handedOver == 0 ? -1 : (answered == 0 ? now : answered) - handedOver;
        RouteMeters route = observation.route() == null ? unmatched : observation.route();
        route.record(
                loop,
                status,
                origin,
                response.ended(),
                // The time that a WebSocket was open is no duration of a request.
                status == SWITCHING_PROTOCOLS ? -1 : total,
                gateway,
                upstream,
                bytesRead(request, exchange),
                bytesWritten(response, exchange));

        RequestTrace trace = exchange == null ? null : exchange.trace();
        if (trace != null && trace.isSampled() && status != SWITCHING_PROTOCOLS) {
            route.exemplify(loop, total, trace.traceId(), trace.spanId());
        }
        RequestLog log = observation.log();
        if (log != null && exchange != null && exchange.plugins().logs()) {
            long receive = upstreamAnswered ? now - answered : 0;
            exchange.plugins()
                    .log(log.finished(
                            exchange,
                            status,
                            upstreamAnswered,
                            bytesRead(request, exchange),
                            bytesWritten(response, exchange),
                            new FinishedRequest.Latencies(total, gateway, upstream, receive)));
        }
        if (trace != null || ACCESS.isInfoEnabled()) {
            AccessEntry entry = entry(observation, status, origin, total, gateway, upstream);
            ACCESS.info("{}", entry.shortened());
            if (trace != null) {
                trace.end(entry, upstreamAnswered);
            }
        }
    }

    private static AccessEntry entry(
            Observation observation, int status, ResponseOrigin origin, long total, long gateway, long upstream) {
        HttpServerRequest request = observation.request();
        ProxyExchange exchange = observation.exchange();
        RouteMeters route = observation.route();
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
                status,
                origin.source(),
                origin.fault(),
                request.response().ended(),
                route == null ? null : route.route(),
                route == null || route.service().equals(RouteMeters.NONE) ? null : route.service(),
                exchange == null || exchange.identity() == null ? null : consumer(exchange.identity()),
                bytesRead(request, exchange),
                bytesWritten(request.response(), exchange),
                total,
                gateway,
                upstream);
    }

    private static long bytesRead(HttpServerRequest request, @Nullable ProxyExchange exchange) {
        return request.bytesRead() + (exchange == null ? 0 : exchange.upgraded().read());
    }

    private static long bytesWritten(HttpServerResponse response, @Nullable ProxyExchange exchange) {
        return response.bytesWritten()
                + (exchange == null ? 0 : exchange.upgraded().written());
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
