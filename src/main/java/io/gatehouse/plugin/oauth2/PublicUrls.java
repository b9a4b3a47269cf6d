package io.gatehouse.plugin.oauth2;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Resource;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.MetadataDocument;
import io.gatehouse.syntax.Authority;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Derives the URLs under which clients reach a route: from {@code config.issuer} or, without it, from the request.
 *
 * <p><i>Invariant</i>: an URL is https. {@code X-Forwarded-*} counts only from a peer in {@code proxy.trusted-ips}.
 */
final class PublicUrls {
    private static final String HTTPS = "https";
    private static final int HTTPS_PORT = 443;
    private static final int MAX_PORT = 65_535;

    private final @Nullable String configuredIssuer;
    private final @Nullable String configuredOrigin;

    PublicUrls(OAuth2Config config) {
        this.configuredIssuer = config.issuer();
        this.configuredOrigin = configuredIssuer == null
                ? null
                : Resource.canonical(URI.create(configuredIssuer).resolve("/").toString());
    }

    /** The authorization server's identifier (RFC 8414 §2); null: the client does not use TLS, or its request has no host. */
    @Nullable
    String issuer(Exchange exchange) {
        return configuredIssuer == null ? resource(exchange) : configuredIssuer;
    }

    /** The identifier of the API (RFC 9728 §1.2), in canonical form; null: likewise. */
    @Nullable
    String resource(Exchange exchange) {
        String origin = origin(exchange);
        String path = path(exchange);
        return origin == null || path == null ? null : origin + path;
    }

    /** The URL of the API's metadata (RFC 9728 §3.1); null: likewise. */
    @Nullable
    String resourceMetadata(Exchange exchange) {
        String origin = origin(exchange);
        String path = path(exchange);
        return origin == null || path == null ? null : MetadataDocument.PROTECTED_RESOURCE.url(origin, path);
    }

    private @Nullable String origin(Exchange exchange) {
        if (configuredOrigin != null) {
            return configuredOrigin;
        }
        boolean isTrusted = exchange.isTrustedPeer();
        boolean isHttps =
                exchange.isTls() || (isTrusted && HTTPS.equalsIgnoreCase(single(exchange, "x-forwarded-proto")));
        Authority authority = isTrusted ? forwarded(exchange) : exchange.authority();
        if (!isHttps || authority == null) {
            return null;
        }
        int port = authority.portOr(HTTPS_PORT);
        return "https://" + authority.host() + (port == HTTPS_PORT ? "" : ":" + port);
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

    /** The route's path as a part of a URL; null if it has characters that would have to be encoded. */
    private static @Nullable String path(Exchange exchange) {
        String path = Resource.withoutFinalSlash(exchange.matchedPath());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean isAlphanumeric = c < 128 && Character.isLetterOrDigit(c);
            // RFC 3986 §3.3
            if (!isAlphanumeric && "/-._~!$&'()*+,;=:@%".indexOf(c) < 0) {
                return null;
            }
        }
        return path;
    }
}
