package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.CookieSettings;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PublicOrigin;
import io.gatehouse.plugin.RequestCookies;
import io.gatehouse.plugin.openidconnect.provider.ClientAuthentication;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.KeySet;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.schema.Document;
import io.gatehouse.session.Sealer;
import io.gatehouse.session.Sessions;
import io.gatehouse.syntax.form.RawPairs;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends a browser to the provider and receives it back: the authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636).
 *
 * <p><i>Invariant</i>: a callback counts only in the browser that began the sign-in: its {@code state} is in the sealed cookie.
 */
final class SignIn {
    /** Parameters of an authorization response. The upstream receives none of them. */
    private static final List<String> RESPONSE =
            List.of("code", "state", "error", "error_description", "error_uri", "iss", "session_state");

    private static final int MAX_CODE = 4_096;

    private final Provider provider;
    private final SignInTokens tokens;
    private final String clientId;
    private final CookieSettings cookie;
    private final Sealer sealer;
    private final long lifeSeconds;
    private final boolean usesPkce;
    private final String scope;
    private final @Nullable String redirectUri;
    /** The path of {@code redirectUri}; null without it. */
    private final @Nullable String callbackPath;

    private final @Nullable String redirectTo;
    private final boolean isRedirected;
    private final @Nullable Number maxAge;
    private final Map<String, String> extra = new LinkedHashMap<>();

    SignIn(Document config, Provider provider, SignInTokens tokens, String clientId, Sealer sealer) {
        this.provider = provider;
        this.tokens = tokens;
        this.clientId = clientId;
        this.sealer = sealer;
        this.cookie = CookieSettings.of(config, "authorization_cookie");
        this.lifeSeconds = config.integer("authorization_rolling_timeout");
        this.usesPkce = !Boolean.FALSE.equals(config.get("require_proof_key_for_code_exchange"));
        this.scope = String.join(" ", config.strings("scopes"));
        this.redirectUri = ClientAuthentication.first(config, "redirect_uri");
        this.callbackPath = redirectUri == null ? null : path(redirectUri);
        this.redirectTo = ClientAuthentication.first(config, "login_redirect_uri");
        this.isRedirected = "redirect".equals(config.optionalString("login_action"));
        this.maxAge = (Number) config.get("max_age");
        List<String> values = config.strings("authorization_query_args_values");
        List<String> names = config.strings("authorization_query_args_names");
        for (int i = 0; i < names.size(); i++) {
            extra.put(names.get(i), values.get(i));
        }
    }

    private static String path(String url) {
        String path = URI.create(url).getRawPath();
        return path.isEmpty() ? "/" : path;
    }

    /** Returns for how long a sign-in can be finished. */
    Duration life() {
        return Duration.ofSeconds(lifeSeconds);
    }

    /**
     * Returns whether a browser shows the response as a page. Only such a request is redirected: a script could not follow a redirect to
     * another site, and a form would be lost.
     */
    static boolean isNavigation(Exchange exchange) {
        List<String> modes = exchange.headers("sec-fetch-mode");
        return exchange.method().equals("GET")
                && exchange.headers("upgrade").isEmpty()
                && (modes.isEmpty() || modes.get(0).equals("navigate"))
                && exchange.headers("accept").stream().anyMatch(accept -> accept.contains("text/html"));
    }

    /** Returns whether the request has the form of a callback, from whichever browser. */
    static boolean isCallback(Exchange exchange) {
        String query = exchange.query();
        return exchange.method().equals("GET")
                && !UrlEncoded.values(query, "state").isEmpty()
                && !(UrlEncoded.values(query, "code").isEmpty()
                        && UrlEncoded.values(query, "error").isEmpty());
    }

    /** Returns the sign-in that this browser began and whose callback this is; null if there is none. */
    @Nullable
    PendingSignIn pending(Exchange exchange) {
        List<String> states = UrlEncoded.values(exchange.query(), "state");
        if (states.size() != 1) {
            return null;
        }
        for (PendingSignIn each : all(exchange)) {
            if (each.state().equals(states.get(0))) {
                return each;
            }
        }
        return null;
    }

    private List<PendingSignIn> all(Exchange exchange) {
        return PendingSignIn.open(RequestCookies.value(exchange, cookie.name()), sealer, Sessions.now() - lifeSeconds);
    }

    /**
     * Returns whether a callback that is of no sign-in in the cookie is of a browser that keeps the cookie. Tabs that begin at once
     * replace each other's. To begin again comes to an end, because the cookie has the new sign-in, too.
     */
    boolean isOfAnotherTab(Exchange exchange) {
        return exchange.path().equals(callbackPath)
                && UrlEncoded.values(exchange.query(), "error").isEmpty()
                && !all(exchange).isEmpty();
    }

    /** Sends the browser to the provider. It returns to the page that it requests. */
    Future<Outcome> begin(Exchange exchange) {
        String query = exchange.query();
        return begin(exchange, query == null ? exchange.path() : exchange.path() + "?" + query);
    }

    /** Sends the browser of a callback to the provider once more. */
    Future<Outcome> beginAgain(Exchange exchange) {
        return begin(exchange, "/");
    }

    private Future<Outcome> begin(Exchange exchange, String returnTo) {
        String origin = PublicOrigin.of(exchange);
        if (origin == null && redirectUri == null) {
            throw new InvalidToken("the request has no host");
        }
        PendingSignIn started = PendingSignIn.start(
                redirectUri == null ? origin + exchange.path() : redirectUri, returnTo, Sessions.now());
        return provider.published(exchange.requestId()).map(published -> {
            String endpoint = published.endpoints().requireAuthorization();
            List<PendingSignIn> all = new ArrayList<>(all(exchange));
            all.add(started);
            cookie.set(exchange, PendingSignIn.seal(all, sealer), lifeSeconds);
            return redirect(endpoint + (endpoint.indexOf('?') < 0 ? "?" : "&") + parameters(started), false);
        });
    }

    private String parameters(PendingSignIn started) {
        RawPairs pairs = new RawPairs(null);
        pairs.append("response_type", "code");
        pairs.append("client_id", clientId);
        pairs.append("redirect_uri", started.redirectUri());
        pairs.append("scope", scope);
        pairs.append("state", started.state());
        pairs.append("nonce", started.nonce());
        if (usesPkce) {
            pairs.append("code_challenge", challenge(started.verifier()));
            pairs.append("code_challenge_method", "S256");
        }
        if (maxAge != null) {
            pairs.append("max_age", String.valueOf(maxAge.longValue()));
        }
        extra.forEach(pairs::append);
        return String.valueOf(pairs.octets());
    }

    private static String challenge(String verifier) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Redeems the code of a callback. Fails with {@link InvalidToken} if the response is not for this sign-in. */
    Future<Session> redeem(Exchange exchange, PendingSignIn pending) {
        return provider.published(exchange.requestId()).compose(published -> {
            String query = exchange.query();
            checkIssuer(UrlEncoded.values(query, "iss"), published);
            List<String> codes = UrlEncoded.values(query, "code");
            if (!UrlEncoded.values(query, "error").isEmpty()) {
                throw new InvalidToken("the provider has refused the sign-in");
            }
            if (codes.size() != 1 || codes.get(0).isEmpty() || codes.get(0).length() > MAX_CODE) {
                throw new InvalidToken("the callback has no valid code");
            }
            return tokens.redeem(codes.get(0), pending, usesPkce, exchange.clientAddress(), exchange.requestId());
        });
    }

    /** RFC 9207 §2.4: a response of another provider, whose code would be sent to this one. */
    private static void checkIssuer(List<String> issuers, KeySet published) {
        boolean isGood = issuers.isEmpty()
                ? !published.endpoints().namesIssuer()
                : issuers.size() == 1 && issuers.get(0).equals(published.issuer());
        if (!isGood) {
            throw new InvalidToken("the callback is of another issuer");
        }
    }

    /** Removes the sign-in from the cookie, so that its {@code state} is not used again. */
    void finished(Exchange exchange, PendingSignIn done) {
        List<PendingSignIn> rest = new ArrayList<>(all(exchange));
        rest.remove(done);
        if (rest.isEmpty()) {
            cookie.clear(exchange);
        } else {
            cookie.set(exchange, PendingSignIn.seal(rest, sealer), lifeSeconds);
        }
    }

    /** Returns the redirect after a sign-in; empty if the callback itself is forwarded, without the parameters of the response. */
    Optional<Outcome> finish(Exchange exchange, PendingSignIn done) {
        return finish(exchange, done.returnTo());
    }

    /**
     * Returns the redirect for a callback that is of no sign-in in progress, such as a repeated one, of a browser with a session. Empty if
     * the request is forwarded. Only one with the path of {@code redirect_uri} is certainly a callback: the application may be a client of
     * another provider.
     */
    Optional<Outcome> finishAgain(Exchange exchange) {
        return exchange.path().equals(callbackPath) ? finish(exchange, "/") : Optional.empty();
    }

    private Optional<Outcome> finish(Exchange exchange, String returnTo) {
        if (isRedirected) {
            return Optional.of(redirect(redirectTo == null ? returnTo : redirectTo, false));
        }
        RawPairs rest = new RawPairs(exchange.query());
        RESPONSE.forEach(rest::remove);
        exchange.query(rest.octets());
        return Optional.empty();
    }

    /** Redirects a browser. Caches store no such response. */
    static Outcome redirect(String location, boolean fromForm) {
        return new Outcome.Response(
                fromForm ? 303 : 302, Map.of("Location", location, "Cache-Control", "no-store"), Buffer.buffer());
    }
}
