package io.gatehouse.proxy;

import io.gatehouse.proxy.client.Observation;
import io.gatehouse.proxy.exchange.Peers;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.head.Http2Head;
import io.gatehouse.proxy.head.RequestFraming;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.RequestTarget;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the head of a request strictly: framing, target and host. Runs for every request. */
final class RequestHead {
    private RequestHead() {}

    /** Returns the request as routing and plugins see it; null if its head is malformed. */
    static @Nullable ProxyExchange exchange(Observation observed, Peers peers) {
        HttpServerRequest request = observed.request();
        boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
        if (isHttp2 && !Http2Head.isSound(request)) {
            return null;
        }
        Framing framing = RequestFraming.of(request);
        if (framing == null || hasSeveralMediaTypes(request)) {
            return null;
        }
        RequestTarget target = RequestTarget.parse(request.uri());
        if (target == null) {
            return null;
        }
        String host = host(request);
        Authority named = host == null || host.isEmpty() ? null : Authority.parse(host);
        if (host == null || (named == null && !host.isEmpty())) {
            return null;
        }
        Authority authority = named;
        if (target.authority() != null && !target.authority().equals(named)) {
            // RFC 9112 §3.2.2. A plugin that checks the header, such as hmac-auth, has to see the host that selects the
            // Route.
            authority = target.authority();
            request.headers().set("host", authority.toString());
        }
        return new ProxyExchange(
                request, observed.requestId(), framing, target, authority, peers, observed.startNanos());
    }

    /** Whether the head of a CONNECT is valid: its framing, its host and its target, which is an authority (RFC 9112 §3.2.3) or a path. */
    static boolean isSoundConnect(HttpServerRequest request) {
        String host = host(request);
        return RequestFraming.of(request) != null
                && host != null
                && (host.isEmpty() || Authority.parse(host) != null)
                && (request.version() == HttpVersion.HTTP_2
                        || Authority.parse(request.uri()) != null
                        || RequestTarget.parse(request.uri()) != null);
    }

    /** Recipients differ in which of several media types they use (RFC 9110 §8.3). */
    private static boolean hasSeveralMediaTypes(HttpServerRequest request) {
        return request.headers().getAll(HttpHeaders.CONTENT_TYPE).size() > 1;
    }

    /** Returns the one Host of a request: empty if HTTP/1.0 has none, null if there is none or several (RFC 9112 §3.2). */
    private static @Nullable String host(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return String.valueOf(request.authority());
        }
        List<String> hosts = request.headers().getAll("host");
        if (hosts.isEmpty()) {
            return request.version() == HttpVersion.HTTP_1_1 ? null : "";
        }
        return hosts.size() == 1 && !hosts.get(0).isEmpty() ? hosts.get(0) : null;
    }
}
