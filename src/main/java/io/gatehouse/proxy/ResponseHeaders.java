package io.gatehouse.proxy;

import io.gatehouse.connection.HttpDate;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.upstream.UpstreamResponse;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/** The headers of an upstream's response as the client gets them (contract/proxy.md §3). Runs for every response. */
final class ResponseHeaders {
    private static final HeaderNames NOT_COPIED = new HeaderNames(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-kong-request-id");

    private static final CharSequence UPSTREAM_LATENCY = HttpHeaders.createOptimized("x-kong-upstream-latency");
    private static final CharSequence PROXY_LATENCY = HttpHeaders.createOptimized("x-kong-proxy-latency");
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-kong-request-id");
    private static final long NANOS_PER_MILLI = 1_000_000;

    private ResponseHeaders() {}

    /** Makes the head of an answer that came at {@code now} the client's; sends it, unless the first piece soon will. */
    static void pass(Exchange exchange, UpstreamResponse upstream, long now) {
        HttpServerResponse response = exchange.request().response();
        response.setStatusCode(upstream.status());
        String reason = upstream.reason();
        if (reason != null) {
            response.setStatusMessage(reason);
        }
        copy(upstream.headers(), response.headers());
        if (!response.headers().contains(HttpHeaders.DATE)) {
            response.putHeader(HttpHeaders.DATE, HttpDate.now());
        }
        long upstreamMillis = (now - exchange.upstreamStartNanos()) / NANOS_PER_MILLI;
        long proxyMillis = (exchange.upstreamStartNanos() - exchange.startNanos()) / NANOS_PER_MILLI;
        response.putHeader(UPSTREAM_LATENCY, Long.toString(upstreamMillis));
        response.putHeader(PROXY_LATENCY, Long.toString(proxyMillis));
        response.putHeader(REQUEST_ID, exchange.requestId());
        if (!upstream.headers().contains(HttpHeaders.CONTENT_LENGTH) && mayHaveBody(exchange, upstream.status())) {
            response.setChunked(true);
            if (!upstream.headers().contains("grpc-status")) {
                // Whether more comes, and when, nobody knows. (gRPC's answer that is only trailers has come whole.)
                response.writeHead();
            }
        }
    }

    /** RFC 9110 §6.4.1: these have none, so none must be announced. */
    private static boolean mayHaveBody(Exchange exchange, int status) {
        return status != 204 && status != 304 && !exchange.method().equals("HEAD");
    }

    static void copy(MultiMap upstream, MultiMap downstream) {
        List<String> named = ConnectionHeader.named(upstream);
        String via = null;
        var headers = StoredHeaders.of(upstream);
        while (headers.hasNext()) {
            var header = headers.next();
            CharSequence name = header.getKey();
            if (AsciiString.contentEqualsIgnoreCase(RequestHeaders.VIA_HEADER, name)) {
                via = via == null ? header.getValue().toString() : via + ", " + header.getValue();
            } else if (!NOT_COPIED.contains(name) && !ConnectionHeader.contains(named, name)) {
                downstream.add(name, header.getValue());
            }
        }
        downstream.set(RequestHeaders.VIA_HEADER, via == null ? RequestHeaders.VIA : via + ", " + RequestHeaders.VIA);
    }
}
