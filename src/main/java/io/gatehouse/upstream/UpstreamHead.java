package io.gatehouse.upstream;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.net.HostAndPort;
import java.util.function.BiConsumer;

/**
 * The head of a request to an upstream, the same for every attempt. {@link UpstreamRequest#begin} adds the framing.
 *
 * @param uri path and query
 * @param authority the value of Host or {@code :authority}
 * @param headers all fields; those that frame the message have no effect
 */
public record UpstreamHead(HttpMethod method, String uri, HostAndPort authority, HeadersMultiMap headers) {
    private static final CharSequence HOST = HttpHeaders.createOptimized("host");

    /** Returns new fields, with Host. {@code check} runs for each that is added, with its name and value. */
    public static HeadersMultiMap newHeaders(HostAndPort authority, BiConsumer<CharSequence, CharSequence> check) {
        HeadersMultiMap headers = HeadersMultiMap.httpHeaders(check);
        headers.set(HOST, authority.toString());
        return headers;
    }

    /** Returns the head for another authority. It has the same map of fields, so this one must not be sent again. */
    public UpstreamHead to(HostAndPort other) {
        headers.set(HOST, other.toString());
        return new UpstreamHead(method, uri, other, headers);
    }

    /** Copies the fields for HTTP/2, without Host: there the authority is a field of its own (RFC 9113 §8.3.1). */
    void copyTo(MultiMap target) {
        var fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            var field = fields.next();
            if (!AsciiString.contentEqualsIgnoreCase(HOST, field.getKey())) {
                target.add(field.getKey(), field.getValue());
            }
        }
    }
}
