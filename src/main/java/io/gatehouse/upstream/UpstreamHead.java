package io.gatehouse.upstream;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.net.HostAndPort;

/**
 * The head of a request to an upstream, the same for every attempt. Its framing is not part of it: see {@link
 * UpstreamRequest#begin}.
 *
 * @param uri path and query
 * @param authority the value of Host or {@code :authority}
 * @param headers all fields; names that frame the message have no effect here
 */
public record UpstreamHead(HttpMethod method, String uri, HostAndPort authority, HeadersMultiMap headers) {
    private static final CharSequence HOST = HttpHeaders.createOptimized("host");

    /**
     * Returns the fields of a head, so far only Host. The map refuses names and values that cannot be written (RFC 9110 §5)
     * with {@link IllegalArgumentException}.
     */
    public static HeadersMultiMap newHeaders(HostAndPort authority) {
        HeadersMultiMap headers = HeadersMultiMap.httpHeaders();
        headers.set(HOST, authority.toString());
        return headers;
    }

    /** Copies the fields to where HTTP/2 writes them, which has the authority as a field of its own (RFC 9113 §8.3.1). */
    void copyTo(MultiMap target) {
        for (var field : headers) {
            if (!HOST.toString().equalsIgnoreCase(field.getKey())) {
                target.add(field.getKey(), field.getValue());
            }
        }
    }
}
