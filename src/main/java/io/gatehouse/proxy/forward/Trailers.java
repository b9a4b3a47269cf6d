package io.gatehouse.proxy.forward;

import io.gatehouse.connection.FieldSyntax;
import io.gatehouse.proxy.client.RequestTrailers;
import io.gatehouse.proxy.exchange.GrpcRequest;
import io.gatehouse.proxy.exchange.HeaderChanges;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.exchange.UpstreamFields;
import io.gatehouse.proxy.head.ConnectionHeader;
import io.gatehouse.proxy.head.HeaderNames;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.MultiMap;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.Collection;

/**
 * Passes on trailer fields (RFC 9110 §6.5).
 *
 * <p><i>Invariant</i>: a field that is removed from a head is removed from the trailers too. A malformed field of a response is
 * dropped, and the response stays (RFC 9110 §6.5.1).
 */
final class Trailers {
    /** Fields that must not follow the body, because a recipient needs them before (RFC 9110 §6.5.1). */
    private static final HeaderNames NOT_TRAILERS = new HeaderNames(
            "age",
            "authorization",
            "cache-control",
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-location",
            "content-range",
            "content-type",
            "cookie",
            "date",
            "expires",
            "forwarded",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "location",
            "max-forwards",
            "pragma",
            "range",
            "retry-after",
            "set-cookie",
            "vary",
            "warning",
            "www-authenticate");

    private Trailers() {}

    /** Returns those of the client's request that the upstream receives. */
    static MultiMap ofRequest(ProxyExchange exchange) {
        MultiMap sent = RequestTrailers.take(exchange.request());
        MultiMap passed = HeadersMultiMap.httpHeaders();
        if (sent.isEmpty()) {
            return passed;
        }
        Collection<String> named = exchange.connectionFields();
        HeaderChanges changes = exchange.headerChanges();
        sent.forEach((name, value) -> {
            if (!UpstreamFields.isOwn(name)
                    && !NOT_TRAILERS.contains(name)
                    && !ConnectionHeader.contains(named, name)
                    && !changes.replace(name)) {
                passed.add(name, value);
            }
        });
        return passed;
    }

    /** Whether a field is well-formed. Frames of HTTP/2 carry any bytes (RFC 9113 §8.2.1). */
    private static boolean isWritable(String name, String value) {
        return FieldSyntax.isName(name) && FieldSyntax.isValue(value);
    }

    /**
     * Copies those of the upstream's response. If a plugin changes the response, which it does to the head alone, only gRPC's are
     * copied: a message of gRPC is incomplete without.
     */
    static void copy(ProxyExchange exchange, UpstreamResponse upstream, MultiMap downstream) {
        if (exchange.isResponseChanged() && !GrpcRequest.isGrpc(exchange.request())) {
            return;
        }
        downstream.addAll(passable(upstream));
    }

    /** Returns those of the upstream's response that may reach a client. */
    static MultiMap passable(UpstreamResponse upstream) {
        MultiMap passed = HeadersMultiMap.httpHeaders();
        Collection<String> named = ConnectionHeader.named(upstream.headers());
        upstream.trailers().forEach((name, value) -> {
            if (isWritable(name, value)
                    && !ResponseHeaders.NOT_COPIED.contains(name)
                    && !NOT_TRAILERS.contains(name)
                    && !ConnectionHeader.contains(named, name)) {
                passed.add(name, value);
            }
        });
        return passed;
    }
}
