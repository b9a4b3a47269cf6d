package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.RequestContext;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.ProviderFailure;
import io.gatehouse.session.LoadedSession;
import io.gatehouse.session.Sessions;
import io.gatehouse.session.StoredSessions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Refreshes the tokens of sessions (RFC 6749 §6): for each session, one request of the cluster at a time.
 *
 * <p><i>Why</i>: a provider that replaces refresh tokens takes a second use of the old one for a theft, and ends the session.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
final class SessionRefresh {
    /** A token is refreshed this many seconds before it expires. */
    private static final long EARLY_SECONDS = 10;
    /** How often a node looks whether another one has finished. */
    private static final long POLL_MILLIS = 100;

    private final Vertx vertx;
    private final StoredSessions<Session> sessions;
    private final SignInTokens tokens;
    private final boolean isEnabled;
    private final long timeoutMillis;
    /** The refreshes of this node, by id of the session. */
    private final Map<String, Future<Optional<LoadedSession<Session>>>> inFlight = new HashMap<>();

    SessionRefresh(
            Vertx vertx, StoredSessions<Session> sessions, SignInTokens tokens, boolean isEnabled, long timeoutMillis) {
        this.vertx = vertx;
        this.sessions = sessions;
        this.tokens = tokens;
        this.isEnabled = isEnabled;
        this.timeoutMillis = timeoutMillis;
    }

    /** Returns the session with a valid access token; empty if it has ended because it has none. */
    Future<Optional<LoadedSession<Session>>> fresh(LoadedSession<Session> loaded, String requestId) {
        Session session = loaded.session();
        boolean canRefresh = isEnabled && session.refreshToken() != null;
        if (session.left(Sessions.now()) > (canRefresh ? EARLY_SECONDS : 0)) {
            return Future.succeededFuture(Optional.of(loaded));
        }
        if (!canRefresh) {
            return sessions.end(loaded).map(ended -> Optional.empty());
        }
        return RequestContext.here(vertx, shared(loaded, requestId));
    }

    private Future<Optional<LoadedSession<Session>>> shared(LoadedSession<Session> loaded, String requestId) {
        Promise<Optional<LoadedSession<Session>>> promise = Promise.promise();
        synchronized (this) {
            Future<Optional<LoadedSession<Session>>> before = inFlight.putIfAbsent(loaded.id(), promise.future());
            if (before != null) {
                return before;
            }
        }
        // A claim of a node that has crashed ends before this time.
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * timeoutMillis + 2_000);
        Future.succeededFuture()
                .compose(begun -> attempt(loaded, deadline, requestId))
                .onComplete((refreshed, failure) -> {
                    synchronized (this) {
                        inFlight.remove(loaded.id());
                    }
                    if (failure == null) {
                        promise.complete(refreshed);
                    } else {
                        promise.fail(failure);
                    }
                });
        return promise.future();
    }

    private Future<Optional<LoadedSession<Session>>> attempt(
            LoadedSession<Session> loaded, long deadline, String requestId) {
        Session session = loaded.session();
        long now = Sessions.now();
        if (session.left(now) > EARLY_SECONDS) {
            // Another request has refreshed it.
            return Future.succeededFuture(Optional.of(loaded));
        }
        boolean isRefreshing = session.refreshingUntil() > now;
        if (isRefreshing && session.left(now) > 0) {
            return Future.succeededFuture(Optional.of(loaded));
        }
        if (isRefreshing) {
            return later(loaded, deadline, requestId);
        }
        // For the metadata, the connection and the response. An earlier end would let another node use the refresh
        // token too.
        long claimEnd = now + TimeUnit.MILLISECONDS.toSeconds(3 * timeoutMillis) + 2;
        return sessions.replace(loaded, session.refreshingUntil(claimEnd))
                .compose(claimed ->
                        claimed.isPresent() ? refresh(claimed.get(), requestId) : later(loaded, deadline, requestId));
    }

    private Future<Optional<LoadedSession<Session>>> later(
            LoadedSession<Session> loaded, long deadline, String requestId) {
        if (System.nanoTime() - deadline > 0) {
            return Future.failedFuture(new ProviderFailure("another request has not refreshed the session in time"));
        }
        Promise<Void> waited = Promise.promise();
        vertx.setTimer(POLL_MILLIS, timer -> waited.complete());
        return waited.future()
                .compose(over -> sessions.load(loaded.id()))
                .compose(found -> found.isPresent()
                        ? attempt(found.get(), deadline, requestId)
                        : Future.succeededFuture(Optional.empty()));
    }

    private Future<Optional<LoadedSession<Session>>> refresh(LoadedSession<Session> claimed, String requestId) {
        return tokens.refresh(claimed.session(), requestId).transform((changed, failure) -> {
            if (failure == null) {
                return sessions.rotate(claimed, changed);
            }
            if (failure instanceof InvalidToken) {
                return sessions.end(claimed).map(ended -> Optional.empty());
            }
            // The provider may respond to the next request. A token that is still valid serves this one.
            return sessions.replace(claimed, claimed.session().refreshingUntil(0))
                    .compose(released ->
                            released.isPresent() && released.get().session().left(Sessions.now()) > 0
                                    ? Future.succeededFuture(released)
                                    : Future.failedFuture(failure));
        });
    }
}
