package io.gatehouse.plugin;

import io.gatehouse.syntax.Authority;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Derives the origin (RFC 6454) under which a client reaches the gateway.
 *
 * <p><i>Invariant</i>: {@code X-Forwarded-*} counts only from a peer in {@code proxy.trusted-ips}.
 */
public final class PublicOrigin {
    private static final String HTTPS = "https";
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int MAX_PORT = 65_535;

    private PublicOrigin() {}

    /** Returns the scheme and authority, without the scheme's own port; null if the request has no host. */
    public static @Nullable String of(Exchange exchange) {
        boolean isTrusted = exchange.isTrustedPeer();
        boolean isHttps =
                exchange.isTls() || (isTrusted && HTTPS.equalsIgnoreCase(single(exchange, "x-forwarded-proto")));
        Authority authority = isTrusted ? forwarded(exchange) : exchange.authority();
        if (authority == null) {
            return null;
        }
        int usual = isHttps ? HTTPS_PORT : HTTP_PORT;
        int port = authority.portOr(usual);
        return (isHttps ? "https://" : "http://") + authority.host() + (port == usual ? "" : ":" + port);
    }

    private static @Nullable Authority forwarded(Exchange exchange) {
        String host = single(exchange, "x-forwarded-host");
        Authority forwarded = host == null ? null : Authority.parse(host);
        if (forwarded == null) {
            return exchange.authority();
        }
        int port = port(single(exchange, "x-forwarded-port"));
        return forwarded.port() == Authority.NO_PORT ? new Authority(forwarded.host(), port) : forwarded;
    }

    private static int port(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Authority.NO_PORT;
        }
        int port = Integer.parseInt(text);
        return port == 0 || port > MAX_PORT ? Authority.NO_PORT : port;
    }

    private static @Nullable String single(Exchange exchange, String header) {
        List<String> values = exchange.headers(header);
        return values.size() == 1 ? values.get(0) : null;
    }
}
