package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.CookieSettings;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.RequestCookies;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.plugin.openidconnect.provider.TokenClient;
import io.gatehouse.schema.Document;
import io.gatehouse.session.LoadedSession;
import io.gatehouse.session.Sealer;
import io.gatehouse.session.SessionTimeouts;
import io.gatehouse.session.Sessions;
import io.gatehouse.session.SharedSessions;
import io.gatehouse.session.StoredSessions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates browsers by a session, and lets them sign in and out.
 *
 * <p><i>Threading</i>: all event loops share it. Each step continues on the event loop of its request.
 */
final class BrowserFlow {
    private static final Logger LOG = LoggerFactory.getLogger(BrowserFlow.class);

    /** How long a replaced id is valid. */
    private static final Duration MOVED = Duration.ofSeconds(60);

    private final CookieSettings cookie;
    private final StoredSessions<Session> sessions;
    private final SessionRefresh refresh;
    private final @Nullable SignIn signIn;
    private final Logout logout;
    private final BackChannelLogout backChannel;
    /** Whether a path that ends with both suffixes is for logout tokens. */
    private final boolean isBackChannelLonger;

    private final Set<String> cookieNames;

    /** {@code secret} is the secret from which the plugin's keys follow. */
    BrowserFlow(
            Vertx vertx,
            UUID pluginId,
            Document config,
            Provider provider,
            TokenClient client,
            SharedSessions shared,
            byte[] secret) {
        SignInTokens tokens = SignInTokens.of(config, provider, client);
        // After a change of the issuer or the client, no session of the earlier one is valid.
        String place = pluginId + "\n" + provider.issuer() + "\n" + client.clientId();
        this.cookie = CookieSettings.of(config, "session_cookie");
        SessionTimeouts timeouts = new SessionTimeouts(
                seconds(config, "session_idling_timeout"),
                seconds(config, "session_rolling_timeout"),
                seconds(config, "session_absolute_timeout"));
        this.sessions = new StoredSessions<>(
                shared.sessions(),
                Sealer.of(secret, "openid-connect session " + place),
                timeouts,
                MOVED,
                "openid-connect session\n" + pluginId + "\n",
                Session::of);
        this.refresh =
                new SessionRefresh(vertx, sessions, tokens, config.flag("refresh_tokens"), config.integer("timeout"));
        this.signIn = config.strings("auth_methods").contains("authorization_code")
                ? new SignIn(
                        config,
                        provider,
                        tokens,
                        client.clientId(),
                        Sealer.of(secret, "openid-connect authorization " + place))
                : null;
        this.logout = new Logout(config, provider, sessions, cookie, client.clientId());
        this.backChannel =
                new BackChannelLogout(config, provider, shared.ends(), client.clientId(), timeouts.longest());
        this.isBackChannelLonger =
                length(config, "backchannel_logout_uri_suffix") > length(config, "logout_uri_suffix");
        this.cookieNames = Set.copyOf(cookieNames(config));
    }

    /** Returns whole seconds, rounded up: 0 would be no timeout. */
    private static long seconds(Document config, String field) {
        return (long) Math.ceil(config.number(field).doubleValue());
    }

    private static int length(Document config, String field) {
        String text = config.optionalString(field);
        return text == null ? 0 : text.length();
    }

    /** Returns the names of the cookies with credentials. */
    static Collection<String> cookieNames(Document config) {
        return List.of(config.string("session_cookie_name"), config.string("authorization_cookie_name"));
    }

    /** Removes the cookies from the forwarded request. */
    void hide(Exchange exchange) {
        RequestCookies.hide(exchange, cookieNames);
    }

    /** Serves a request to sign out; null if the request is none. */
    @Nullable
    Future<Outcome> signOut(Exchange exchange) {
        boolean isOfProvider = backChannel.isRequested(exchange);
        if (logout.isRequested(exchange) && !(isOfProvider && isBackChannelLonger)) {
            return logout.handle(exchange).recover(BrowserFlow::failed);
        }
        return isOfProvider ? backChannel.handle(exchange) : null;
    }

    /** Returns whether logouts of the provider are received. */
    boolean followsLogouts() {
        return backChannel.isEnabled();
    }

    /** Returns whether the provider has ended the session of a token. Fails if the ends of sessions are unavailable. */
    Future<Boolean> hasEnded(Map<String, Object> claims) {
        return backChannel.hasEnded(claims);
    }

    /**
     * Authenticates a request by its session.
     *
     * @param accept continues with the session
     * @param reject responds to a request without one that does not begin a sign-in
     */
    Future<Outcome> authenticate(
            Exchange exchange, Function<Session, Future<Outcome>> accept, Supplier<Future<Outcome>> reject) {
        boolean isCallback = SignIn.isCallback(exchange);
        PendingSignIn pending = signIn != null && isCallback ? signIn.pending(exchange) : null;
        if (signIn != null && pending != null) {
            return callback(signIn, exchange, pending, accept, reject);
        }
        String id = RequestCookies.value(exchange, cookie.name());
        return usable(id, exchange.requestId()).transform((loaded, failure) -> {
            if (failure != null) {
                return failed(failure);
            }
            if (loaded.isPresent()) {
                if (!loaded.get().id().equals(id)) {
                    cookie.set(exchange, loaded.get().id(), CookieSettings.NO_AGE);
                }
                Optional<Outcome> redirect =
                        signIn != null && isCallback ? signIn.finishAgain(exchange) : Optional.empty();
                return redirect.isPresent()
                        ? Future.succeededFuture(redirect.get())
                        : accept.apply(loaded.get().session());
            }
            if (signIn == null || !SignIn.isNavigation(exchange)) {
                return reject.get();
            }
            if (!isCallback) {
                return begin(signIn::begin, exchange, reject);
            }
            // A browser without cookies comes back without one. To begin again would never end.
            return signIn.isOfAnotherTab(exchange) ? begin(signIn::beginAgain, exchange, reject) : reject.get();
        });
    }

    private static Future<Outcome> begin(
            Function<Exchange, Future<Outcome>> start, Exchange exchange, Supplier<Future<Outcome>> reject) {
        return Future.succeededFuture()
                .compose(ready -> start.apply(exchange))
                .recover(failure -> failure instanceof InvalidToken invalid
                        ? rejected(exchange, invalid, reject)
                        : failed(failure));
    }

    private Future<Outcome> callback(
            SignIn flow,
            Exchange exchange,
            PendingSignIn pending,
            Function<Session, Future<Outcome>> accept,
            Supplier<Future<Outcome>> reject) {
        Future<LoadedSession<Session>> signedIn = flow.redeem(exchange, pending)
                // Only a valid code leads here, so that invented callbacks do not evict sessions.
                .compose(session -> sessions.mark(pending.state(), flow.life())
                        .compose(isFirst -> isFirst
                                ? sessions.create(session)
                                : Future.failedFuture(new InvalidToken("the state was redeemed before"))));
        return signedIn.transform((created, failure) -> {
            if (failure instanceof InvalidToken invalid) {
                flow.finished(exchange, pending);
                return rejected(exchange, invalid, reject);
            }
            if (failure != null) {
                return failed(failure);
            }
            flow.finished(exchange, pending);
            // The id is a new one, whatever the browser sent: no other site can have chosen it.
            endBefore(exchange);
            cookie.set(exchange, created.id(), CookieSettings.NO_AGE);
            Optional<Outcome> redirect = flow.finish(exchange, pending);
            return redirect.isPresent() ? Future.succeededFuture(redirect.get()) : accept.apply(created.session());
        });
    }

    /** Ends the session that the browser had. Otherwise it ends with its timeouts. */
    private void endBefore(Exchange exchange) {
        String before = RequestCookies.value(exchange, cookie.name());
        if (before != null) {
            sessions.end(before)
                    .onFailure(failure ->
                            LOG.debug("an earlier session was not ended request_id={}", exchange.requestId(), failure));
        }
    }

    /** Returns the session of an id with a valid access token, under its current id. */
    private Future<Optional<LoadedSession<Session>>> usable(@Nullable String id, String requestId) {
        return sessions.load(id)
                .compose(found -> found.isPresent()
                        ? backChannel
                                .hasEnded(found.get().session())
                                .compose(ended -> ended
                                        ? sessions.end(found.get())
                                                .map(done -> Optional.<LoadedSession<Session>>empty())
                                        : refresh.fresh(found.get(), requestId).compose(this::extended))
                        : Future.succeededFuture(found));
    }

    /** Extends the timeouts of a session that is used. */
    private Future<Optional<LoadedSession<Session>>> extended(Optional<LoadedSession<Session>> found) {
        if (found.isEmpty()) {
            return Future.succeededFuture(found);
        }
        // A change would be in the way of a refresh, and lose its tokens.
        return found.get().session().refreshingUntil() > Sessions.now()
                ? Future.succeededFuture(found)
                : sessions.extend(found.get());
    }

    private static Future<Outcome> rejected(Exchange exchange, InvalidToken reason, Supplier<Future<Outcome>> reject) {
        LOG.debug("sign-in is invalid reason=\"{}\" request_id={}", reason.getMessage(), exchange.requestId());
        return reject.get();
    }

    /** The session may be valid, so the browser is not sent to sign in again. */
    private static Future<Outcome> failed(Throwable failure) {
        return Future.failedFuture(
                failure instanceof ProxyException ? failure : ProxyError.TEMPORARILY_UNAVAILABLE.causedBy(failure));
    }
}
