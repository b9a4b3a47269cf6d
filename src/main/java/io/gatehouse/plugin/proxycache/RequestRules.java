package io.gatehouse.plugin.proxycache;

import io.gatehouse.plugin.Exchange;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Decides which requests may use the cache. */
final class RequestRules {
    /** An upstream may serve another method or path because of them, and the key does not contain them. An upgrade is no response. */
    private static final Set<String> UNCACHED = Set.of(
            "upgrade",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-original-url",
            "x-rewrite-url");

    /** Upstreams build links and redirects from them, and the gateway forwards a client's own. The key contains a trusted peer's. */
    static final List<String> ORIGINS = List.of(
            "x-forwarded-scheme",
            "x-forwarded-protocol",
            "x-forwarded-ssl",
            "x-forwarded-server",
            "x-scheme",
            "x-url-scheme",
            "x-host",
            "x-http-host-override",
            "x-original-host",
            "front-end-https");

    /** The parameters of {@code Forwarded} (RFC 7239 §4) from which upstreams build links. */
    private static final Pattern ORIGIN_IN_FORWARDED = Pattern.compile("(host|proto)\\s*=", Pattern.CASE_INSENSITIVE);

    /** Responses to them depend on the client's own copy, or are a part of the representation (RFC 9110 §13.1, §14.2). */
    private static final Set<String> CONDITIONS =
            Set.of("range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since");

    private RequestRules() {}

    /**
     * Whether a stored response may be sent, or the response stored. A body can change the response and is not in the key, also that
     * of a GET.
     */
    static boolean mayUseCache(ProxyCacheConfig config, CacheControl asked, Exchange exchange) {
        return config.methods().contains(exchange.method())
                && !hasBody(exchange)
                && !(config.obeysCacheControl() && (asked.has("no-store") || asked.has("no-cache")))
                && hasKnownMeaning(exchange)
                && !hasOtherSpelling(exchange, config.varyHeaders());
    }

    /** Whether a body can follow, or a plugin has read or set one. In HTTP/2, a body that has been read no longer follows. */
    private static boolean hasBody(Exchange exchange) {
        boolean isEmpty = exchange.body() != null && exchange.body().length() == 0;
        return exchange.mayHaveBody() || (exchange.isBodyRead() && !isEmpty);
    }

    /** Whether the key contains all that determines the response, as far as common upstreams read headers. */
    private static boolean hasKnownMeaning(Exchange exchange) {
        boolean isTrusted = exchange.isTrustedPeer();
        if (isTrusted && exchange.headers("forwarded").stream().anyMatch(RequestRules::namesOrigin)) {
            return false;
        }
        for (Map.Entry<String, String> header : exchange.request().headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            String folded = folded(name);
            boolean isInKey = isTrusted && folded.equals(name);
            if (UNCACHED.contains(folded) || (ORIGINS.contains(folded) && !isInKey)) {
                return false;
            }
        }
        return true;
    }

    private static boolean namesOrigin(String forwarded) {
        return ORIGIN_IN_FORWARDED.matcher(forwarded).find();
    }

    /** Whether the response would be complete and the same for other clients. A complete response satisfies a conditional request. */
    static boolean mayStore(Exchange exchange) {
        return exchange.request().headers().names().stream()
                .noneMatch(name -> CONDITIONS.contains(folded(name.toLowerCase(Locale.ROOT))));
    }

    /**
     * Whether the client has sent one of the headers with underscores in place of hyphens, or the reverse. CGI programs read both
     * spellings as one header, and the cache compares one.
     */
    static boolean hasOtherSpelling(Exchange exchange, Collection<String> names) {
        if (names.isEmpty()) {
            return false;
        }
        for (Map.Entry<String, String> header : exchange.request().headers()) {
            String sent = header.getKey();
            for (String name : names) {
                if (sent.length() == name.length()
                        && !sent.equalsIgnoreCase(name)
                        && folded(sent).equalsIgnoreCase(folded(name))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns the name as CGI programs read it: there, underscores and hyphens are the same. */
    private static String folded(String name) {
        return name.replace('_', '-');
    }

    static boolean isAuthorized(Exchange exchange) {
        return exchange.request().headers().contains("authorization")
                || !exchange.upstreamHeaders("authorization").isEmpty();
    }
}
