package io.gatehouse.admin;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminException;
import io.gatehouse.admin.http.Caller;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.oauth.HashedSecret;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a client may use the Admin API.
 *
 * <p><i>Why</i>: a listener on loopback trusts all local processes, but not web pages in a local browser. It recognises them by
 * {@code Origin}, and by {@code Host} if the name of the page resolves to this machine (DNS rebinding).
 */
final class RequestGuard {
    private static final Predicate<String> LOOPBACK =
            Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|\\[?::1]?").asMatchPredicate();
    private static final String BEARER = "bearer ";

    private final AdminConfig config;
    private volatile List<String> tokens;

    RequestGuard(AdminConfig config) {
        this.config = config;
        this.tokens = config.tokens();
    }

    /** Requires one of other tokens from the next request on. Returns whether they differ from the previous ones. */
    boolean useTokens(List<String> newTokens) {
        boolean differs = !tokens.equals(newTokens);
        tokens = List.copyOf(newTokens);
        return differs;
    }

    /**
     * Checks a request.
     *
     * @throws AdminException if the client is not authorised
     */
    void check(HttpServerRequest request) {
        checkSource(request);
        List<String> accepted = tokens;
        if (!accepted.isEmpty() && accepted.stream().noneMatch(token -> hasToken(request, token))) {
            throw AdminError.UNAUTHORIZED.exception().with("WWW-Authenticate", "Bearer");
        }
    }

    /**
     * Checks {@code Host} and {@code Origin} of a request that needs no token.
     *
     * @throws AdminException if the request is of a page of another origin
     */
    void checkSource(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        boolean foreign = config.http().isLoopback()
                ? isForeign(authority == null ? null : authority.host()) || (origin != null && isForeign(host(origin)))
                // A page does not have the token. Without a token, only pages of the same host are accepted.
                : tokens.isEmpty()
                        && origin != null
                        && (authority == null || !authority.host().equalsIgnoreCase(host(origin)));
        if (foreign) {
            throw AdminError.FORBIDDEN.exception();
        }
    }

    /** Returns whether a text contains one of the tokens. */
    boolean hasToken(String text) {
        return tokens.stream().anyMatch(text::contains);
    }

    /** Identifies the client for the audit log and the audit trail. */
    Caller caller(HttpServerRequest request) {
        SocketAddress address = request.remoteAddress();
        return new Caller(
                address == null ? "?" : String.valueOf(address.hostAddress()),
                config.tls() == null ? null : certificate(request),
                !tokens.isEmpty());
    }

    private static @Nullable String certificate(HttpServerRequest request) {
        try {
            return request.sslSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    private static boolean isForeign(@Nullable String host) {
        return host == null || !LOOPBACK.test(host.toLowerCase(Locale.ROOT));
    }

    private static @Nullable String host(String origin) {
        try {
            return new URI(origin).getHost();
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static boolean hasToken(HttpServerRequest request, String token) {
        // decK's --headers and older scripts send Kong's header.
        String kongs = request.getHeader("Kong-Admin-Token");
        if (kongs != null) {
            return HashedSecret.equal(kongs, token);
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header != null
                && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && HashedSecret.equal(header.substring(BEARER.length()).trim(), token);
    }
}
