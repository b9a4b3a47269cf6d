package io.gatehouse.proxy.forward;

import io.gatehouse.config.ResponseField;
import io.gatehouse.connection.HttpDate;
import io.gatehouse.plugin.BodyTransformation;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.head.ConnectionHeader;
import io.gatehouse.proxy.head.HeaderNames;
import io.gatehouse.proxy.head.StoredHeaders;
import io.gatehouse.syntax.Framing;
import io.gatehouse.upstream.UpstreamResponse;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the head of the client's response from that of the upstream's. Runs for every response. */
final class ResponseHeaders {
    /** Fields that frame the message, that are for one connection only (RFC 9110 §7.6.1), or that the gateway sets itself. */
    static final HeaderNames NOT_COPIED = new HeaderNames(
            "connection",
            "content-length",
            "keep-alive",
            "proxy-authenticate",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-kong-request-id");

    private static final CharSequence TRAILER = HttpHeaders.createOptimized("trailer");
    private static final CharSequence UPSTREAM_LATENCY = HttpHeaders.createOptimized("x-kong-upstream-latency");
    private static final CharSequence UPSTREAM_STATUS = HttpHeaders.createOptimized("x-kong-upstream-status");
    private static final CharSequence PROXY_LATENCY = HttpHeaders.createOptimized("x-kong-proxy-latency");
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-kong-request-id");
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final boolean sendsVia;
    private final boolean sendsUpstreamLatency;
    private final boolean sendsProxyLatency;
    private final boolean sendsUpstreamStatus;
    private final boolean sendsRequestId;

    /** {@code added} are the fields that the gateway adds. */
    ResponseHeaders(Set<ResponseField> added) {
        this.sendsVia = added.contains(ResponseField.VIA);
        this.sendsUpstreamLatency = added.contains(ResponseField.UPSTREAM_LATENCY);
        this.sendsProxyLatency = added.contains(ResponseField.PROXY_LATENCY);
        this.sendsUpstreamStatus = added.contains(ResponseField.UPSTREAM_STATUS);
        this.sendsRequestId = added.contains(ResponseField.REQUEST_ID);
    }

    /**
     * Copies the head of a response received at {@code now}, without its framing, and lets the plugins change it. Returns their
     * transformation of the body; null if it is passed on unchanged. Throws {@link IllegalArgumentException} if a field cannot be
     * written, and {@link TransformedBody.Failed} if a plugin fails.
     */
    @Nullable
    BodyTransformation prepare(ProxyExchange exchange, UpstreamResponse upstream, long now) {
        HttpServerResponse response = exchange.request().response();
        response.setStatusCode(upstream.status());
        if (exchange.forwardingRecord() != null) {
            exchange.forwardingRecord().status(upstream.status());
        }
        String reason = upstream.reason();
        // Vert.x does not recognize a 304 whose phrase is set, and would send a length of 0 (RFC 9110 §8.6).
        if (reason != null && isText(reason) && upstream.status() != NOT_MODIFIED) {
            response.setStatusMessage(reason);
        }
        // The map itself, because putHeader takes a lock.
        MultiMap headers = response.headers();
        copy(upstream.headers(), sendsVia ? RequestHeaders.via(upstream.version()) : null, headers);
        if (!headers.contains(HttpHeaders.DATE)) {
            headers.set(HttpHeaders.DATE, HttpDate.now());
        }
        if (sendsUpstreamStatus) {
            headers.set(UPSTREAM_STATUS, Integer.toString(upstream.status()));
        }
        if (sendsUpstreamLatency) {
            headers.set(UPSTREAM_LATENCY, millis(now - exchange.upstreamStartNanos()));
        }
        if (sendsProxyLatency) {
            headers.set(PROXY_LATENCY, millis(exchange.upstreamStartNanos() - exchange.startNanos()));
        }
        if (sendsRequestId) {
            headers.set(REQUEST_ID, exchange.requestId());
        }
        if (upstream.framing().kind() == Framing.Kind.UNTIL_CLOSE) {
            exchange.endIsUncertain();
        }
        try {
            return exchange.respond(true);
        } catch (RuntimeException e) {
            throw new TransformedBody.Failed(e);
        }
    }

    private static String millis(long nanos) {
        return Long.toString(nanos / NANOS_PER_MILLI);
    }

    /** Frames the body. Sends the head at once if the body may arrive much later. */
    static void frame(ProxyExchange exchange, UpstreamResponse upstream) {
        HttpServerResponse response = exchange.request().response();
        switch (upstream.framing().kind()) {
            case NONE -> {
                String described = isWithoutBody(exchange, upstream) ? described(upstream) : null;
                if (described != null) {
                    response.headers().set(HttpHeaders.CONTENT_LENGTH, described);
                }
            }
            case LENGTH ->
                response.headers()
                        .set(
                                HttpHeaders.CONTENT_LENGTH,
                                Long.toString(upstream.framing().length()));
            case CHUNKED, UNTIL_CLOSE -> unannounced(exchange, upstream, response);
        }
    }

    /** Whether the client expects no body. A plugin may have sent another method to the upstream. */
    private static boolean isWithoutBody(ProxyExchange exchange, UpstreamResponse upstream) {
        return exchange.request().method().equals(HttpMethod.HEAD)
                || upstream.status() == NOT_MODIFIED
                || exchange.upstreamMethod().equals(exchange.request().method());
    }

    /** Returns the length that a response to HEAD or a 304 describes, of a body that is not sent (RFC 9110 §8.6). */
    private static @Nullable String described(UpstreamResponse upstream) {
        List<String> lengths = upstream.headers().getAll(HttpHeaders.CONTENT_LENGTH);
        return upstream.status() != NO_CONTENT && lengths.size() == 1 && Framing.isLength(lengths.get(0))
                ? lengths.get(0)
                : null;
    }

    private static void unannounced(ProxyExchange exchange, UpstreamResponse upstream, HttpServerResponse response) {
        if (endsWithConnection(exchange, upstream.framing())) {
            // Last, because Vert.x sets the header for clients of HTTP/1.0.
            exchange.editResponseHead(headers -> headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
            return;
        }
        response.setChunked(true);
        announceTrailers(exchange.request(), upstream.headers(), response);
        if (!upstream.headers().contains("grpc-status")) {
            // The body may arrive much later. gRPC's Trailers-Only response is complete.
            response.writeHead();
        }
    }

    /** Passes on the names of the trailer fields, to a client that accepts trailers (RFC 9110 §6.6.2). */
    private static void announceTrailers(HttpServerRequest request, MultiMap upstream, HttpServerResponse response) {
        if (upstream.contains(TRAILER) && ConnectionHeader.acceptsTrailers(request.headers())) {
            for (String names : upstream.getAll(TRAILER)) {
                response.headers().add(TRAILER, names);
            }
        }
    }

    /** Whether the end of the connection ends the body, because HTTP/1.0 has no chunks (RFC 9112 §6.1). */
    static boolean endsWithConnection(ProxyExchange exchange, Framing framing) {
        return exchange.request().version() == HttpVersion.HTTP_1_0
                && (framing.kind() == Framing.Kind.CHUNKED || framing.kind() == Framing.Kind.UNTIL_CLOSE);
    }

    /** Whether the reason phrase can be written (RFC 9112 §4). */
    private static boolean isText(String reason) {
        return reason.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff));
    }

    /** {@code ownVia} is appended to Via; null leaves that as it is. */
    static void copy(MultiMap upstream, @Nullable String ownVia, MultiMap downstream) {
        Collection<String> named = ConnectionHeader.named(upstream);
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
        String whole = ownVia == null ? via : via == null ? ownVia : via + ", " + ownVia;
        if (whole != null) {
            downstream.set(RequestHeaders.VIA_HEADER, whole);
        }
    }
}
