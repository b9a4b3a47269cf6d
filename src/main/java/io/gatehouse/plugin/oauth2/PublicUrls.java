package io.gatehouse.plugin.oauth2;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Resource;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.PublicOrigin;
import io.gatehouse.routing.MetadataDocument;
import io.gatehouse.syntax.Authority;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Derives the URLs under which clients reach a route: from {@code config.issuer} or, without it, from the request.
 *
 * <p><i>Invariant</i>: an URL is https. {@code X-Forwarded-*} counts only from a peer in {@code proxy.trusted-ips}.
 */
final class PublicUrls {
    private static final int HTTPS_PORT = 443;

    private final @Nullable String configuredIssuer;
    private final @Nullable String configuredOrigin;
    /** The origin for clients with a certificate. */
    private final @Nullable String certificateOrigin;

    PublicUrls(OAuth2Config config) {
        this.configuredIssuer = config.issuer();
        this.configuredOrigin = configuredIssuer == null ? null : originOf(configuredIssuer);
        this.certificateOrigin = config.mtlsUrl() == null ? null : originOf(config.mtlsUrl());
    }

    private static @Nullable String originOf(String url) {
        return Resource.canonical(URI.create(url).resolve("/").toString());
    }

    /** The authorization server's identifier (RFC 8414 §2): the configured one, or that of the API, which may be null. */
    @Nullable
    String issuer(@Nullable String resource) {
        return configuredIssuer == null ? resource : configuredIssuer;
    }

    /**
     * The identifier of the API (RFC 9728 §1.2), in canonical form; null: the client does not use TLS, or its request has no usable host
     * or path.
     */
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

    /**
     * The origins under which a client may send this request, for what it signs: those of {@code issuer} and {@code mtls_url} and, if the
     * Route names the host of the request, that of the request. Other hosts are the sender's choice.
     */
    Set<String> origins(Exchange exchange) {
        Set<String> origins = new HashSet<>();
        if (configuredOrigin != null) {
            origins.add(configuredOrigin);
        }
        if (certificateOrigin != null) {
            origins.add(certificateOrigin);
        }
        Authority authority = exchange.authority();
        if (authority != null && isNamed(authority, exchange)) {
            int port = authority.portOr(HTTPS_PORT);
            origins.add("https://" + authority.host() + (port == HTTPS_PORT ? "" : ":" + port));
        }
        return origins;
    }

    /**
     * Whether one of the Route's {@code hosts} is that of a request, with a port that clients connect to unless it has its own.
     *
     * <p><i>Why</i>: a wildcard, and a host without a port, also match servers that are not this one. One of them could send on what a
     * client has signed for it.
     */
    private static boolean isNamed(Authority authority, Exchange exchange) {
        int port = authority.portOr(HTTPS_PORT);
        for (String host : exchange.route().hosts()) {
            // A wildcard is no authority.
            Authority named = Authority.parse(host);
            if (named != null && named.host().equals(authority.host())) {
                boolean isPort = named.port() == Authority.NO_PORT
                        ? port == HTTPS_PORT || port == exchange.publicPort()
                        : port == named.port();
                if (isPort) {
                    return true;
                }
            }
        }
        return false;
    }

    private @Nullable String origin(Exchange exchange) {
        if (configuredOrigin != null) {
            return configuredOrigin;
        }
        String origin = PublicOrigin.of(exchange);
        return origin != null && origin.startsWith("https:") ? origin : null;
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
