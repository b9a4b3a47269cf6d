package io.gatehouse.plugin.session;

import io.gatehouse.plugin.CookieSettings;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.RequestCookies;
import io.gatehouse.session.LoadedSession;
import io.gatehouse.session.SessionTimeouts;
import io.gatehouse.session.Sessions;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Connects sessions with a cookie of the browser.
 *
 * @param isPersistent whether the browser keeps the cookie when it ends
 */
record SessionCookie(
        CookieSettings settings, Sessions<ConsumerSession> sessions, SessionTimeouts timeouts, boolean isPersistent) {

    /** Returns the session of a request; empty without a valid cookie. */
    Future<Optional<LoadedSession<ConsumerSession>>> load(Exchange exchange) {
        return sessions.load(RequestCookies.value(exchange, settings.name()));
    }

    /** Begins a session and sends its cookie. */
    Future<LoadedSession<ConsumerSession>> begin(Exchange exchange, ConsumerSession session) {
        return sessions.create(session).map(created -> send(exchange, created));
    }

    /** Extends the timeouts of a session, and sends its cookie if that has changed. Empty if the session has ended. */
    Future<Optional<LoadedSession<ConsumerSession>>> extend(Exchange exchange, LoadedSession<ConsumerSession> loaded) {
        return sessions.extend(loaded).map(extended -> extended.map(current -> sendIfChanged(exchange, current)));
    }

    /** Gives a session another id, unless another request has done so just now, and sends the cookie. */
    Future<Void> renew(Exchange exchange, LoadedSession<ConsumerSession> loaded) {
        if (isSent(exchange, loaded)) {
            // If another request was earlier, its response has the cookie.
            return sessions.rotate(loaded, loaded.session())
                    .map(renewed -> renewed.map(current -> send(exchange, current)))
                    .mapEmpty();
        }
        send(exchange, loaded);
        return Future.succeededFuture();
    }

    /** Ends a session and removes its cookie. */
    Future<Void> end(Exchange exchange, String id) {
        return sessions.end(id).onSuccess(ended -> settings.clear(exchange));
    }

    /** Ends the session of the request's cookie, whose value another session takes. */
    Future<Void> endPresented(Exchange exchange) {
        String value = RequestCookies.value(exchange, settings.name());
        return value == null ? Future.succeededFuture() : sessions.end(value);
    }

    private LoadedSession<ConsumerSession> sendIfChanged(Exchange exchange, LoadedSession<ConsumerSession> loaded) {
        return isSent(exchange, loaded) ? loaded : send(exchange, loaded);
    }

    private boolean isSent(Exchange exchange, LoadedSession<ConsumerSession> loaded) {
        return loaded.id().equals(RequestCookies.value(exchange, settings.name()));
    }

    private LoadedSession<ConsumerSession> send(Exchange exchange, LoadedSession<ConsumerSession> loaded) {
        long seconds =
                isPersistent ? Math.max(1, timeouts.left(loaded.session(), Sessions.now())) : CookieSettings.NO_AGE;
        settings.set(exchange, loaded.id(), seconds);
        return loaded;
    }
}
