package io.gatehouse.session;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sessions in a {@link SessionStore}. The cookie has a random id of 256 bits.
 *
 * <p><i>Invariant</i>: the store contains no id of a session in clear text. The key of an entry is a digest, and its content is sealed
 * for that key. So a session is valid only where the same key of the {@link Sealer} is.
 *
 * <p>A session whose id was replaced points to the new one for a while, for requests that were in flight.
 */
public final class StoredSessions<S extends TimedSession<S>> implements Sessions<S> {
    /** How often an id can be replaced while the first one is valid. */
    private static final int MAX_MOVES = 3;

    private static final int ID_BYTES = 32;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final String NEXT = "next";
    private static final byte[] MARK = {1};
    /** How often a write is repeated whose entry another request has changed. */
    private static final int MAX_CONFLICTS = 5;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final SessionStore store;
    private final Sealer sealer;
    private final SessionTimeouts timeouts;
    private final Duration moved;
    private final String place;
    private final Function<JsonObject, Optional<S>> reader;

    /**
     * Keeps the sessions of one place.
     *
     * @param moved how long a replaced id is valid; zero: not at all
     * @param place begins the text whose digest is the key of an entry
     * @param reader reads a stored session; empty if another version of the gateway wrote it
     */
    public StoredSessions(
            SessionStore store,
            Sealer sealer,
            SessionTimeouts timeouts,
            Duration moved,
            String place,
            Function<JsonObject, Optional<S>> reader) {
        this.store = store;
        this.sealer = sealer;
        this.timeouts = timeouts;
        this.moved = moved;
        this.place = place;
        this.reader = reader;
    }

    @Override
    public Future<Optional<LoadedSession<S>>> load(@Nullable String id) {
        return load(id, MAX_MOVES);
    }

    private Future<Optional<LoadedSession<S>>> load(@Nullable String id, int moves) {
        if (id == null || !ID.matcher(id).matches()) {
            return Future.succeededFuture(Optional.empty());
        }
        return store.get(key(id)).compose(found -> {
            Optional<JsonObject> opened = found.flatMap(entry -> open(id, entry));
            String next = opened.map(stored -> stored.getString(NEXT)).orElse(null);
            if (next != null) {
                return moves > 0 ? load(next, moves - 1) : Future.succeededFuture(Optional.empty());
            }
            return Future.succeededFuture(opened.flatMap(reader)
                    .filter(session -> !timeouts.hasEnded(session, Sessions.now()))
                    .map(session -> new LoadedSession<>(
                            id, found.map(SessionEntry::version).orElse(SessionStore.ABSENT), session)));
        });
    }

    private Optional<JsonObject> open(String id, SessionEntry entry) {
        return sealer.open(entry.content(), key(id).toBytes()).flatMap(content -> {
            try {
                return Optional.of(new JsonObject(new String(content, StandardCharsets.UTF_8)));
            } catch (DecodeException otherVersion) {
                return Optional.empty();
            }
        });
    }

    /** Marks a text for a time. Returns whether it was not marked before. */
    public Future<Boolean> mark(String text, Duration life) {
        // No id has a line break.
        return store.replace(key("mark\n" + text), SessionStore.ABSENT, MARK, life)
                .map(version -> version != SessionStore.ABSENT);
    }

    @Override
    public Future<LoadedSession<S>> create(S session) {
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return write(id, SessionStore.ABSENT, session.toJson(), timeouts.life(session, Sessions.now()))
                .map(version -> new LoadedSession<>(id, version, session));
    }

    @Override
    public Future<Optional<LoadedSession<S>>> extend(LoadedSession<S> loaded) {
        S session = loaded.session();
        long now = Sessions.now();
        if (timeouts.isRotationDue(session, now)) {
            return rotate(loaded, session)
                    .compose(rotated -> rotated.isPresent() ? Future.succeededFuture(rotated) : load(loaded.id()));
        }
        if (timeouts.isUseDue(session, now)) {
            // Another request may be earlier: then that one has extended the session.
            return replace(loaded, session.used(now)).map(changed -> changed.or(() -> Optional.of(loaded)));
        }
        return Future.succeededFuture(Optional.of(loaded));
    }

    /** Stores a change of a session; empty if another request was earlier. */
    public Future<Optional<LoadedSession<S>>> replace(LoadedSession<S> loaded, S changed) {
        return write(loaded.id(), loaded.version(), changed.toJson(), timeouts.life(changed, Sessions.now()))
                .map(version -> version == SessionStore.ABSENT
                        ? Optional.empty()
                        : Optional.of(new LoadedSession<>(loaded.id(), version, changed)));
    }

    @Override
    public Future<Optional<LoadedSession<S>>> rotate(LoadedSession<S> loaded, S changed) {
        return create(changed.rotated(Sessions.now()))
                .compose(created -> move(loaded, created.id())
                        .compose(isMoved -> isMoved
                                ? Future.succeededFuture(Optional.of(created))
                                // The session may have ended: no response has named the new id.
                                : end(created).map(ended -> Optional.<LoadedSession<S>>empty())));
    }

    /** Replaces an id. Returns false if another request was earlier. */
    private Future<Boolean> move(LoadedSession<S> loaded, String next) {
        return moved.isZero()
                ? end(loaded)
                : write(loaded.id(), loaded.version(), new JsonObject().put(NEXT, next), moved)
                        .map(version -> version != SessionStore.ABSENT);
    }

    /** Ends a session, under whatever id it is by now. */
    @Override
    public Future<Void> end(String id) {
        return end(id, MAX_CONFLICTS);
    }

    private Future<Void> end(String id, int attempts) {
        return load(id).compose(loaded -> {
            if (loaded.isEmpty()) {
                return Future.succeededFuture();
            }
            return end(loaded.get()).compose(ended -> {
                if (ended) {
                    return Future.succeededFuture();
                }
                return attempts > 1
                        ? end(id, attempts - 1)
                        : Future.failedFuture(new SessionsUnavailable("a session changes all the time", null));
            });
        });
    }

    /** Ends a session that has not changed. Returns whether it has ended. */
    public Future<Boolean> end(LoadedSession<S> loaded) {
        return store.end(key(loaded.id()), loaded.version(), timeouts.longest());
    }

    private Future<Long> write(String id, long expected, JsonObject content, Duration life) {
        CredentialDigest key = key(id);
        byte[] sealed = sealer.seal(content.encode().getBytes(StandardCharsets.UTF_8), key.toBytes());
        return store.replace(key, expected, sealed, life);
    }

    private CredentialDigest key(String id) {
        return CredentialDigest.of(place + id);
    }
}
