package io.gatehouse.proxy;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.syntax.Authority;
import io.gatehouse.telemetry.RequestTrace;
import io.gatehouse.telemetry.TraceParent;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The headers of the upstream request (contract/proxy.md §2). Runs for every proxied request. */
final class RequestHeaders {
    static final String VIA = "1.1 gatehouse";

    /** Meant for this connection only (RFC 9110 §7.6.1), or set anew below. */
    private static final HeaderNames NOT_COPIED = new HeaderNames(
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "host",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-path",
            "x-forwarded-prefix",
            "x-real-ip",
            "via",
            "traceparent",
            "tracestate",
            "x-kong-request-id",
            "x-credential-identifier",
            "x-anonymous-consumer");

    private RequestHeaders() {}

    static void copy(Exchange exchange, @Nullable String forwardedPrefix, MultiMap upstream) {
        HttpServerRequest request = exchange.request();
        List<String> named = ConnectionHeader.named(request.headers());
        List<String> hidden = exchange.hiddenHeaders();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey();
            if (!isDropped(name)
                    && !ConnectionHeader.contains(hidden, name)
                    && !ConnectionHeader.contains(named, name)) {
                upstream.add(name, header.getValue());
            }
        }
        if (ConnectionHeader.acceptsTrailers(request.headers())) {
            upstream.set("te", "trailers");
        }
        joinCookies(upstream);
        if (!exchange.upstreamHeaders().isEmpty()) {
            // Before the gateway's own, which no plugin replaces.
            exchange.upstreamHeaders().forEach(upstream::set);
        }
        forwarded(exchange, forwardedPrefix, upstream);
        identity(exchange.identity(), upstream);
        String via = request.getHeader("via");
        upstream.set("via", via == null ? VIA : via + ", " + VIA);
        upstream.set("x-kong-request-id", exchange.requestId());
        trace(exchange, upstream);
    }

    /**
     * W3C Trace Context: a trace that makes sense goes on, any other begins here. Without spans of our own the caller's
     * stays the parent, since naming one that nobody records would tear the trace; and the state belongs to a trace that
     * goes on alone (§3.3).
     */
    private static void trace(Exchange exchange, MultiMap upstream) {
        boolean continued = TraceParent.of(exchange.request()) != null;
        RequestTrace spans = exchange.trace();
        if (spans != null) {
            upstream.set("traceparent", spans.traceparent());
        } else if (continued) {
            upstream.set("traceparent", exchange.request().getHeader("traceparent"));
        } else {
            upstream.set("traceparent", newTrace(exchange.requestId()));
        }
        if (continued) {
            setIfPresent(upstream, "tracestate", joined(exchange.request().headers(), "tracestate"));
        }
    }

    /** HTTP/2 may send a cookie in pieces, which HTTP/1.1 wants in one (RFC 9113 §8.2.3). */
    private static void joinCookies(MultiMap upstream) {
        if (upstream.contains("cookie")) {
            List<String> pieces = upstream.getAll("cookie");
            if (pieces.size() > 1) {
                upstream.set("cookie", String.join("; ", pieces));
            }
        }
    }

    /** Who a client is, only the gateway may say: whichever plugin ran or did not. */
    private static boolean isDropped(String name) {
        return NOT_COPIED.contains(name)
                || HeaderNames.startsWith(name, "x-consumer-")
                || HeaderNames.startsWith(name, "x-authenticated-")
                || HeaderNames.startsWith(name, "proxy-");
    }

    private static void forwarded(Exchange exchange, @Nullable String prefix, MultiMap upstream) {
        HttpServerRequest request = exchange.request();
        boolean trusted = exchange.isTrustedPeer();
        String peer = request.remoteAddress().hostAddress();
        String chain = trusted ? joined(request.headers(), "x-forwarded-for") : null;
        Authority authority = exchange.authority();
        String scheme = exchange.scheme();
        upstream.set("x-forwarded-for", chain == null ? peer : chain + ", " + peer);
        keepOrSet(exchange, "x-real-ip", peer, upstream);
        keepOrSet(exchange, "x-forwarded-proto", scheme, upstream);
        keepOrSet(exchange, "x-forwarded-host", authority == null ? "" : authority.host(), upstream);
        keepOrSet(exchange, "x-forwarded-port", String.valueOf(port(authority, request)), upstream);
        keepOrSet(exchange, "x-forwarded-path", exchange.path(), upstream);
        if (prefix != null) {
            upstream.set("x-forwarded-prefix", prefix);
        }
    }

    private static int port(@Nullable Authority authority, HttpServerRequest request) {
        return authority != null && authority.port() != Authority.NO_PORT
                ? authority.port()
                : request.localAddress().port();
    }

    private static void keepOrSet(Exchange exchange, String name, String value, MultiMap upstream) {
        String given = exchange.isTrustedPeer() ? exchange.request().getHeader(name) : null;
        upstream.set(name, given == null ? value : given);
    }

    private static @Nullable String joined(MultiMap headers, String name) {
        List<String> values = headers.getAll(name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    private static void identity(@Nullable Identity identity, MultiMap upstream) {
        if (identity == null) {
            return;
        }
        upstream.set("x-consumer-id", identity.consumerId().toString());
        setIfPresent(upstream, "x-consumer-custom-id", identity.consumerCustomId());
        setIfPresent(upstream, "x-consumer-username", identity.consumerUsername());
        setIfPresent(upstream, "x-credential-identifier", identity.credentialIdentifier());
        setIfPresent(upstream, "x-authenticated-scope", identity.scope());
        setIfPresent(upstream, "x-authenticated-userid", identity.userId());
        if (identity.isAnonymous()) {
            upstream.set("x-anonymous-consumer", "true");
        }
    }

    private static void setIfPresent(MultiMap upstream, String name, @Nullable String value) {
        if (value != null) {
            upstream.set(name, value);
        }
    }

    /** W3C Trace Context: the request id is the trace, so that one search finds both. */
    private static String newTrace(String requestId) {
        return "00-" + requestId + "-"
                + RequestIds.hex(ThreadLocalRandom.current().nextLong() | 1) + "-01";
    }
}
