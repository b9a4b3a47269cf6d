package io.gatehouse.proxy.forward;

import io.gatehouse.proxy.exchange.HeaderChanges;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.exchange.UpstreamFields;
import io.gatehouse.proxy.head.ConnectionHeader;
import io.gatehouse.proxy.head.RequestIds;
import io.gatehouse.proxy.head.StoredHeaders;
import io.gatehouse.syntax.Authority;
import io.gatehouse.telemetry.RequestTrace;
import io.gatehouse.telemetry.TraceParent;
import io.gatehouse.upstream.UpstreamHead;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.net.HostAndPort;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Writes the headers of the upstream request (docs/reference/proxy.md#the-upstream-request). Runs for every proxied request. */
final class RequestHeaders {
    static final String VIA = "1.1 gatehouse";
    private static final String VIA_OF_HTTP2 = "2 gatehouse";
    private static final String VIA_OF_HTTP1_0 = "1.0 gatehouse";

    static final CharSequence VIA_HEADER = HttpHeaders.createOptimized("via");
    private static final CharSequence TE = HttpHeaders.createOptimized("te");
    private static final CharSequence X_KONG_REQUEST_ID = HttpHeaders.createOptimized("x-kong-request-id");
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final CharSequence TRACESTATE = HttpHeaders.createOptimized("tracestate");
    private static final CharSequence FORWARDED = HttpHeaders.createOptimized("forwarded");
    private static final CharSequence X_FORWARDED_FOR = HttpHeaders.createOptimized("x-forwarded-for");
    private static final CharSequence X_REAL_IP = HttpHeaders.createOptimized("x-real-ip");
    private static final CharSequence X_FORWARDED_PROTO = HttpHeaders.createOptimized("x-forwarded-proto");
    private static final CharSequence X_FORWARDED_HOST = HttpHeaders.createOptimized("x-forwarded-host");
    private static final CharSequence X_FORWARDED_PORT = HttpHeaders.createOptimized("x-forwarded-port");
    private static final CharSequence X_FORWARDED_PATH = HttpHeaders.createOptimized("x-forwarded-path");
    private static final CharSequence X_FORWARDED_PREFIX = HttpHeaders.createOptimized("x-forwarded-prefix");

    /** Characters of a value from which bytes are worth their object. */
    private static final int LONG = 64;

    private RequestHeaders() {}

    /**
     * Returns the head, with the Service's authority if the call has no host. Throws {@link IllegalArgumentException} if a field of the
     * client or the configuration cannot be written.
     */
    static UpstreamHead head(ProxyExchange exchange, UpstreamCall call, HostAndPort ofService) {
        HostAndPort authority = call.host() == null ? ofService : call.host();
        RequestFieldCheck check = new RequestFieldCheck();
        HeadersMultiMap headers = UpstreamHead.newHeaders(authority, check);
        check.forward(() -> copy(exchange, headers));
        complete(exchange, call.prefix(), headers);
        return new UpstreamHead(exchange.upstreamMethod(), call.uri(), authority, headers);
    }

    /** Copies the fields of the client. */
    private static void copy(ProxyExchange exchange, MultiMap upstream) {
        HttpServerRequest request = exchange.request();
        Collection<String> named = exchange.connectionFields();
        HeaderChanges changes = exchange.headerChanges();
        var headers = StoredHeaders.of(request.headers());
        while (headers.hasNext()) {
            var header = headers.next();
            CharSequence name = header.getKey();
            if (!UpstreamFields.isOwn(name) && !changes.replace(name) && !ConnectionHeader.contains(named, name)) {
                upstream.add(name, octets(header.getValue()));
            }
        }
    }

    /** Returns the value in the form that the codec writes fastest: a text, character by character. */
    private static CharSequence octets(CharSequence value) {
        return value.length() >= LONG && value instanceof String text
                ? new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1), false)
                : value;
    }

    /** Adds the fields of plugins and of the gateway. */
    private static void complete(ProxyExchange exchange, @Nullable String forwardedPrefix, MultiMap upstream) {
        HttpServerRequest request = exchange.request();
        HeaderChanges changes = exchange.headerChanges();
        if (ConnectionHeader.acceptsTrailers(request.headers())) {
            upstream.set(TE, "trailers");
        }
        joinCookies(upstream);
        if (!changes.set().isEmpty()) {
            // Before the gateway's own, of which plugins can replace the identity only.
            changes.set().forEach(upstream::set);
        }
        forwarded(exchange, forwardedPrefix, upstream);
        UpstreamFields.identify(exchange.identity(), changes, upstream);
        String earlier = joined(request.headers(), VIA_HEADER);
        String via = via(request.version());
        upstream.set(VIA_HEADER, earlier == null ? via : earlier + ", " + via);
        upstream.set(X_KONG_REQUEST_ID, exchange.requestId());
        trace(exchange, upstream);
    }

    /**
     * Continues a valid trace, or begins one (W3C Trace Context §3). If the gateway exports no spans, the client's span stays the
     * parent, because an unrecorded parent would split the trace. The state is passed on only with its trace (§3.3).
     *
     * <p>The header of a plugin that traces replaces both. Such a plugin may also hide the client's, or begin a trace in another
     * format.
     */
    private static void trace(ProxyExchange exchange, MultiMap upstream) {
        TraceParent caller = TraceParent.of(exchange.request());
        if (exchange.plugins().traces()) {
            traceOfPlugin(exchange, caller, upstream);
            return;
        }
        boolean continued = caller != null;
        RequestTrace spans = exchange.trace();
        if (spans != null) {
            upstream.set(TRACEPARENT, spans.traceparent());
        } else if (continued) {
            upstream.set(TRACEPARENT, exchange.request().getHeader("traceparent"));
        } else {
            upstream.set(TRACEPARENT, newTrace(exchange.requestId()));
        }
        if (continued) {
            setIfPresent(upstream, TRACESTATE, joined(exchange.request().headers(), "tracestate"));
        }
    }

    private static void traceOfPlugin(ProxyExchange exchange, @Nullable TraceParent caller, MultiMap upstream) {
        HeaderChanges changes = exchange.headerChanges();
        if (caller != null && !changes.replace(TRACEPARENT)) {
            upstream.set(TRACEPARENT, exchange.request().getHeader("traceparent"));
        }
        String sent = upstream.get(TRACEPARENT);
        if (caller != null && sent != null && sent.startsWith(caller.traceId(), 3) && !changes.replace(TRACESTATE)) {
            setIfPresent(upstream, TRACESTATE, joined(exchange.request().headers(), "tracestate"));
        }
    }

    /** Joins the pieces of a cookie. HTTP/2 may split it, HTTP/1.1 must not (RFC 9113 §8.2.3). */
    private static void joinCookies(MultiMap upstream) {
        if (upstream.contains(HttpHeaders.COOKIE)) {
            List<String> pieces = upstream.getAll(HttpHeaders.COOKIE);
            if (pieces.size() > 1) {
                upstream.set(HttpHeaders.COOKIE, String.join("; ", pieces));
            }
        }
    }

    /** Returns this node's part of Via: the version in which the message was received (RFC 9110 §7.6.3). */
    static String via(HttpVersion received) {
        return switch (received) {
            case HTTP_1_0 -> VIA_OF_HTTP1_0;
            case HTTP_1_1 -> VIA;
            case HTTP_2 -> VIA_OF_HTTP2;
        };
    }

    private static void forwarded(ProxyExchange exchange, @Nullable String prefix, MultiMap upstream) {
        HttpServerRequest request = exchange.request();
        boolean trusted = exchange.isTrustedPeer();
        String peer = exchange.peerAddress();
        String chain = trusted ? joined(request.headers(), "x-forwarded-for") : null;
        Authority authority = exchange.authority();
        String scheme = exchange.scheme();
        if (trusted) {
            // The same information in the form of RFC 7239, so it is trusted from the same peers.
            setIfPresent(upstream, FORWARDED, joined(request.headers(), "forwarded"));
        }
        upstream.set(X_FORWARDED_FOR, chain == null ? peer : chain + ", " + peer);
        upstream.set(X_REAL_IP, exchange.clientAddress());
        keepOrSet(exchange, X_FORWARDED_PROTO, scheme, upstream);
        keepOrSet(exchange, X_FORWARDED_HOST, authority == null ? "" : authority.host(), upstream);
        keepOrSet(exchange, X_FORWARDED_PORT, String.valueOf(exchange.publicPort()), upstream);
        keepOrSet(exchange, X_FORWARDED_PATH, exchange.path(), upstream);
        if (prefix != null || trusted) {
            String given = given(exchange, X_FORWARDED_PREFIX);
            setIfPresent(upstream, X_FORWARDED_PREFIX, given == null ? prefix : given);
        }
    }

    private static void keepOrSet(ProxyExchange exchange, CharSequence name, String value, MultiMap upstream) {
        String given = given(exchange, name);
        upstream.set(name, given == null ? value : given);
    }

    /** Returns what a trusted peer says; null if the peer says several things, of which a client may have sent one. */
    private static @Nullable String given(ProxyExchange exchange, CharSequence name) {
        if (!exchange.isTrustedPeer() || !exchange.request().headers().contains(name)) {
            return null;
        }
        List<String> given = exchange.request().headers().getAll(name);
        return given.size() == 1 ? given.get(0) : null;
    }

    private static @Nullable String joined(MultiMap headers, CharSequence name) {
        if (!headers.contains(name)) {
            return null;
        }
        return String.join(", ", headers.getAll(name));
    }

    private static void setIfPresent(MultiMap upstream, CharSequence name, @Nullable String value) {
        if (value != null) {
            upstream.set(name, value);
        }
    }

    /** Returns a new trace whose id is the request's, so that one search finds both. */
    private static String newTrace(String requestId) {
        return "00-" + requestId + "-"
                + RequestIds.hex(ThreadLocalRandom.current().nextLong() | 1) + "-01";
    }
}
