package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.CookieSettings;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.RequestCookies;
import io.gatehouse.plugin.openidconnect.provider.ClientAuthentication;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.schema.Document;
import io.gatehouse.session.LoadedSession;
import io.gatehouse.session.StoredSessions;
import io.gatehouse.syntax.form.RawPairs;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ends the session of a browser, here and at the provider (OpenID Connect RP-Initiated Logout 1.0). */
final class Logout {
    /** Characters of an {@code id_token_hint}. Browsers and servers accept URLs of 8 KiB. */
    private static final int MAX_HINT = 6 * 1024;

    private final Provider provider;
    private final StoredSessions<Session> sessions;
    private final CookieSettings cookie;
    private final String clientId;
    private final @Nullable String suffix;
    private final List<String> methods;
    private final @Nullable String redirectUri;

    Logout(
            Document config,
            Provider provider,
            StoredSessions<Session> sessions,
            CookieSettings cookie,
            String clientId) {
        this.provider = provider;
        this.sessions = sessions;
        this.cookie = cookie;
        this.clientId = clientId;
        this.suffix = config.optionalString("logout_uri_suffix");
        this.methods = config.strings("logout_methods");
        this.redirectUri = ClientAuthentication.first(config, "logout_redirect_uri");
    }

    boolean isRequested(Exchange exchange) {
        return suffix != null && exchange.path().endsWith(suffix) && methods.contains(exchange.method());
    }

    /** Ends the session before it responds: without the store, it fails and the session remains. */
    Future<Outcome> handle(Exchange exchange) {
        String id = RequestCookies.value(exchange, cookie.name());
        return sessions.load(id)
                .compose(loaded -> {
                    Future<Void> ended =
                            loaded.isPresent() ? sessions.end(loaded.get().id()) : Future.succeededFuture();
                    return ended.compose(over -> {
                        if (id != null) {
                            // A form of another site is sent without the cookie, and must not remove it.
                            cookie.clear(exchange);
                        }
                        return location(loaded, exchange.requestId());
                    });
                })
                .map(location -> location.isPresent()
                        ? SignIn.redirect(location.get(), true)
                        : new Outcome.Response(204, Map.of("Cache-Control", "no-store"), Buffer.buffer()));
    }

    private Future<Optional<String>> location(Optional<LoadedSession<Session>> ended, String requestId) {
        return provider.published(requestId)
                .map(published -> Optional.ofNullable(published.endpoints().endSession()))
                // The session has ended, whether the provider is reachable or not.
                .otherwise(Optional.empty())
                .map(endpoint -> endpoint.map(url -> url + (url.indexOf('?') < 0 ? "?" : "&") + parameters(ended))
                        .or(() -> Optional.ofNullable(redirectUri)));
    }

    private String parameters(Optional<LoadedSession<Session>> ended) {
        RawPairs pairs = new RawPairs(null);
        pairs.append("client_id", clientId);
        if (redirectUri != null) {
            pairs.append("post_logout_redirect_uri", redirectUri);
        }
        ended.map(loaded -> loaded.session().idToken())
                .filter(token -> token.length() <= MAX_HINT)
                .ifPresent(token -> pairs.append("id_token_hint", token));
        return String.valueOf(pairs.octets());
    }
}
