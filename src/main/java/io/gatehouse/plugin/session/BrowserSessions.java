package io.gatehouse.plugin.session;

import io.gatehouse.plugin.CookieSettings;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.schema.Document;
import io.gatehouse.session.LoadedSession;
import io.gatehouse.session.SealedSessions;
import io.gatehouse.session.Sealer;
import io.gatehouse.session.SessionTimeouts;
import io.gatehouse.session.Sessions;
import io.gatehouse.session.SharedSessions;
import io.gatehouse.session.StoredSessions;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the session of a browser and, with {@code remember}, a persistent one that begins the next session.
 *
 * <p><i>Threading</i>: all event loops share it. Each step continues on the event loop of its request.
 */
final class BrowserSessions {
    private static final int MILLIS = 1_000;

    private final SessionCookie session;
    private final @Nullable SessionCookie persistent;

    private BrowserSessions(SessionCookie session, @Nullable SessionCookie persistent) {
        this.session = session;
        this.persistent = persistent;
    }

    /**
     * Holds the session of a request.
     *
     * @param isPersistent whether it is that of the persistent cookie
     */
    record Opened(LoadedSession<ConsumerSession> loaded, boolean isPersistent) {}

    /**
     * Reads the configuration.
     *
     * @param secret from which the keys follow
     * @param place of the keys: plugins with the same secret and place accept each other's sessions
     */
    static BrowserSessions of(Document config, SharedSessions shared, byte[] secret, String place) {
        CookieSettings cookie = CookieSettings.of(config, "cookie");
        SessionCookie session = cookie(cookie, config, shared, secret, "session", place, timeouts(config), false);
        SessionCookie persistent = null;
        if (config.flag("remember")) {
            SessionTimeouts timeouts = new SessionTimeouts(
                    0, seconds(config, "remember_rolling_timeout"), seconds(config, "remember_absolute_timeout"));
            CookieSettings other = cookie.named(config.string("remember_cookie_name"));
            persistent = cookie(other, config, shared, secret, "persistent", place, timeouts, true);
        }
        return new BrowserSessions(session, persistent);
    }

    private static SessionCookie cookie(
            CookieSettings settings,
            Document config,
            SharedSessions shared,
            byte[] secret,
            String kind,
            String place,
            SessionTimeouts timeouts,
            boolean isPersistent) {
        String storage = config.string("storage");
        Sealer sealer = Sealer.of(secret, "session plugin " + kind + " " + storage + " " + place);
        Sessions<ConsumerSession> sessions;
        if (storage.equals("cookie")) {
            sessions = new SealedSessions<>(sealer, timeouts, ConsumerSession::read);
        } else {
            double stale = config.number("stale_ttl").doubleValue();
            sessions = new StoredSessions<>(
                    shared.sessions(),
                    sealer,
                    timeouts,
                    Duration.ofMillis(Math.round(stale * MILLIS)),
                    "session plugin " + kind + "\n",
                    ConsumerSession::read);
        }
        return new SessionCookie(settings, sessions, timeouts, isPersistent);
    }

    /** Returns the timeouts of the session that is not persistent. */
    static SessionTimeouts timeouts(Document config) {
        return new SessionTimeouts(
                seconds(config, "idling_timeout"),
                seconds(config, "rolling_timeout"),
                seconds(config, "absolute_timeout"));
    }

    /** Returns whole seconds, rounded up: 0 would be no timeout. */
    private static long seconds(Document config, String field) {
        return (long) Math.ceil(config.number(field).doubleValue());
    }

    /** Returns the session of a request; empty if it has none. Fails if the sessions are unavailable. */
    Future<Optional<Opened>> open(Exchange exchange) {
        return session.load(exchange)
                .compose(found -> found.isPresent() || persistent == null
                        ? Future.succeededFuture(found.map(loaded -> new Opened(loaded, false)))
                        : persistent.load(exchange).map(kept -> kept.map(loaded -> new Opened(loaded, true))));
    }

    /**
     * Extends a session that is used, or begins one from the persistent session. Returns the session of the browser from now on; empty
     * if it has ended meanwhile.
     */
    Future<Optional<LoadedSession<ConsumerSession>>> keep(Exchange exchange, Opened opened) {
        if (!opened.isPersistent() || persistent == null) {
            return session.extend(exchange, opened.loaded());
        }
        SessionCookie persistentCookie = persistent;
        ConsumerSession before = opened.loaded().session();
        ConsumerSession begun = ConsumerSession.of(before.consumerId(), before.credential(), Sessions.now());
        return session.begin(exchange, begun)
                .compose(created ->
                        persistentCookie.renew(exchange, opened.loaded()).map(done -> Optional.of(created)));
    }

    /** Begins the session of a caller, and ends the one of another caller that the browser had. */
    Future<Void> begin(Exchange exchange, ConsumerSession begun, @Nullable LoadedSession<ConsumerSession> before) {
        Future<Void> ended =
                before == null ? Future.succeededFuture() : session.sessions().end(before.id());
        Future<LoadedSession<ConsumerSession>> created = ended.compose(done -> session.begin(exchange, begun));
        SessionCookie other = persistent;
        return other == null
                ? created.mapEmpty()
                : created.compose(done -> other.endPresented(exchange))
                        .compose(done -> other.begin(exchange, begun))
                        .mapEmpty();
    }

    /** Ends the sessions of a browser and removes their cookies. */
    Future<Void> end(Exchange exchange, Opened opened) {
        if (persistent == null) {
            return session.end(exchange, opened.loaded().id());
        }
        SessionCookie persistentCookie = persistent;
        Future<Optional<LoadedSession<ConsumerSession>>> other = opened.isPersistent()
                ? Future.succeededFuture(Optional.of(opened.loaded()))
                : persistentCookie.load(exchange);
        return other.compose(kept -> kept.isPresent()
                        ? persistentCookie.end(exchange, kept.get().id())
                        : Future.succeededFuture())
                .compose(done -> opened.isPersistent()
                        ? Future.succeededFuture()
                        : session.end(exchange, opened.loaded().id()));
    }
}
