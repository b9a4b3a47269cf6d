package io.gatehouse.session;

import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the sessions of browsers, each found by the value of a cookie.
 *
 * <p>Every future fails with {@link SessionsUnavailable} if the sessions cannot be read or written now.
 *
 * <p><i>Threading</i>: safe from every event loop.
 */
public interface Sessions<S extends TimedSession<S>> {
    /** Returns the time of sessions, in seconds since the epoch. */
    static long now() {
        return System.currentTimeMillis() / 1_000;
    }

    /** Returns the session of a value; empty for an unknown or malformed one, and for a session that has timed out. */
    Future<Optional<LoadedSession<S>>> load(@Nullable String value);

    /** Begins a session. */
    Future<LoadedSession<S>> create(S session);

    /**
     * Extends the timeouts of a session that is used, where that is due. The result may have another value, which the browser needs;
     * empty if the session has ended meanwhile.
     */
    Future<Optional<LoadedSession<S>>> extend(LoadedSession<S> loaded);

    /** Gives a session a new value in place of its old one; empty if another request was earlier. */
    Future<Optional<LoadedSession<S>>> rotate(LoadedSession<S> loaded, S changed);

    /** Ends the session of a value, if there is one. */
    Future<Void> end(String value);
}
