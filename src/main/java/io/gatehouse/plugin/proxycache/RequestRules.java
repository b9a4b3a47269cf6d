package io.gatehouse.plugin.proxycache;

import io.gatehouse.plugin.Exchange;
import java.util.List;

/** Decides which requests may use the cache. */
final class RequestRules {
    /** An upstream may serve another method or path because of them, and the key does not contain them. An upgrade is no response. */
    private static final List<String> UNCACHED = List.of(
            "upgrade",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-original-url",
            "x-rewrite-url");

    /** Responses to them depend on the client's own copy, or are a part of the representation (RFC 9110 §13.1, §14.2). */
    private static final List<String> CONDITIONS =
            List.of("range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since");

    private RequestRules() {}

    /**
     * Whether a stored response may be sent, or the response stored. A body can change the response and is not in the key, also that
     * of a GET.
     */
    static boolean mayUseCache(ProxyCacheConfig config, CacheControl asked, Exchange exchange) {
        return config.methods().contains(exchange.method())
                && !exchange.mayHaveBody()
                && !(config.obeysCacheControl() && (asked.has("no-store") || asked.has("no-cache")))
                && isNone(exchange, UNCACHED);
    }

    /** Whether the response would be complete and the same for other clients. A complete response satisfies a conditional request. */
    static boolean mayStore(Exchange exchange) {
        return isNone(exchange, CONDITIONS);
    }

    static boolean isAuthorized(Exchange exchange) {
        return exchange.request().headers().contains("authorization")
                || !exchange.upstreamHeaders("authorization").isEmpty();
    }

    private static boolean isNone(Exchange exchange, List<String> names) {
        for (String name : names) {
            if (exchange.request().headers().contains(name)) {
                return false;
            }
        }
        return true;
    }
}
