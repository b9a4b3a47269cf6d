package io.gatehouse.session;

import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each session in its cookie, sealed. No node stores it, so none can end it: an ended session is valid until it times out,
 * for a client that has kept the value of the cookie.
 */
public final class SealedSessions<S extends TimedSession<S>> implements Sessions<S> {
    /** The longest value of a cookie that browsers must accept, with its name and attributes (RFC 6265 §6.1). */
    private static final int MAX_CHARACTERS = 4_096;

    private final Sealer sealer;
    private final SessionTimeouts timeouts;
    private final Function<JsonObject, Optional<S>> reader;

    /** {@code reader} reads a sealed session; it is empty if another version of the gateway wrote it. */
    public SealedSessions(Sealer sealer, SessionTimeouts timeouts, Function<JsonObject, Optional<S>> reader) {
        this.sealer = sealer;
        this.timeouts = timeouts;
        this.reader = reader;
    }

    @Override
    public Future<Optional<LoadedSession<S>>> load(@Nullable String value) {
        if (value == null || value.length() > MAX_CHARACTERS) {
            return Future.succeededFuture(Optional.empty());
        }
        return Future.succeededFuture(sealer.openText(value)
                .flatMap(SealedSessions::json)
                .flatMap(reader)
                .filter(session -> !timeouts.hasEnded(session, Sessions.now()))
                .map(session -> new LoadedSession<>(value, SessionStore.ABSENT, session)));
    }

    private static Optional<JsonObject> json(String text) {
        try {
            return Optional.of(new JsonObject(text));
        } catch (DecodeException otherVersion) {
            return Optional.empty();
        }
    }

    @Override
    public Future<LoadedSession<S>> create(S session) {
        return Future.succeededFuture(sealed(session));
    }

    @Override
    public Future<Optional<LoadedSession<S>>> extend(LoadedSession<S> loaded) {
        S session = loaded.session();
        long now = Sessions.now();
        if (timeouts.isRotationDue(session, now)) {
            return rotate(loaded, session);
        }
        return Future.succeededFuture(
                Optional.of(timeouts.isUseDue(session, now) ? sealed(session.used(now)) : loaded));
    }

    @Override
    public Future<Optional<LoadedSession<S>>> rotate(LoadedSession<S> loaded, S changed) {
        return Future.succeededFuture(Optional.of(sealed(changed.rotated(Sessions.now()))));
    }

    @Override
    public Future<Void> end(String value) {
        return Future.succeededFuture();
    }

    private LoadedSession<S> sealed(S session) {
        return new LoadedSession<>(sealer.sealText(session.toJson().encode()), SessionStore.ABSENT, session);
    }
}
