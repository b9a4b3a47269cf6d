package io.gatehouse.plugin.openidconnect;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.session.Sealer;
import io.gatehouse.session.SessionEntry;
import io.gatehouse.session.SessionStore;
import io.gatehouse.session.SessionsUnavailable;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Loads and stores the sessions of one plugin.
 *
 * <p><i>Invariant</i>: the store contains no id of a session in clear text. The key of an entry is a digest, and its content is sealed
 * for that key, with a key of the plugin. So a session is valid for no other plugin.
 *
 * <p>A session whose id was replaced points to the new one for {@link #MOVED}, for requests that were in flight.
 */
final class Sessions {
    /** How long a replaced id is valid. */
    private static final Duration MOVED = Duration.ofSeconds(60);
    /** How often an id can be replaced in that time. */
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
    private final String plugin;

    /**
     * Holds a session that was read.
     *
     * @param version of its entry
     */
    record Loaded(String id, long version, Session session) {}

    Sessions(SessionStore store, Sealer sealer, SessionTimeouts timeouts, UUID pluginId) {
        this.store = store;
        this.sealer = sealer;
        this.timeouts = timeouts;
        this.plugin = pluginId.toString();
    }

    static long now() {
        return System.currentTimeMillis() / 1_000;
    }

    /** Returns the session of an id; empty for an unknown or malformed one, and for a session that has timed out. */
    Future<Optional<Loaded>> load(@Nullable String id) {
        return load(id, MAX_MOVES);
    }

    private Future<Optional<Loaded>> load(@Nullable String id, int moves) {
        if (id == null || !ID.matcher(id).matches()) {
            return Future.succeededFuture(Optional.empty());
        }
        return store.get(key(id)).compose(found -> {
            Optional<JsonObject> opened = found.flatMap(entry -> open(id, entry));
            String next = opened.map(stored -> stored.getString(NEXT)).orElse(null);
            if (next != null) {
                return moves > 0 ? load(next, moves - 1) : Future.succeededFuture(Optional.empty());
            }
            return Future.succeededFuture(opened.flatMap(Session::of)
                    .filter(session -> !timeouts.hasEnded(session, now()))
                    .map(session ->
                            new Loaded(id, found.map(SessionEntry::version).orElse(SessionStore.ABSENT), session)));
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

    /**
     * Marks a sign-in as finished. Returns whether it was not marked before. Only a valid code leads here, so that invented callbacks do
     * not evict sessions.
     */
    Future<Boolean> finish(String state, Duration life) {
        CredentialDigest key = CredentialDigest.of("openid-connect state\n" + plugin + "\n" + state);
        return store.replace(key, SessionStore.ABSENT, MARK, life).map(version -> version != SessionStore.ABSENT);
    }

    /** Stores a session under a new id. */
    Future<Loaded> create(Session session) {
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return write(id, SessionStore.ABSENT, session.toJson(), timeouts.life(session, now()))
                .map(version -> new Loaded(id, version, session));
    }

    /** Stores a change of a session; empty if another request was earlier. */
    Future<Optional<Loaded>> replace(Loaded loaded, Session changed) {
        return write(loaded.id(), loaded.version(), changed.toJson(), timeouts.life(changed, now()))
                .map(version -> version == SessionStore.ABSENT
                        ? Optional.empty()
                        : Optional.of(new Loaded(loaded.id(), version, changed)));
    }

    /** Stores a session under a new id in place of its old one; empty if another request was earlier. */
    Future<Optional<Loaded>> rotate(Loaded loaded, Session changed) {
        return create(changed.rotated(now()))
                .compose(created -> write(
                                loaded.id(), loaded.version(), new JsonObject().put(NEXT, created.id()), MOVED)
                        .compose(version -> version != SessionStore.ABSENT
                                ? Future.succeededFuture(Optional.of(created))
                                // The session may have ended: no response has named the new id.
                                : end(created).map(ended -> Optional.<Loaded>empty())));
    }

    /** Ends a session, under whatever id it is by now. */
    Future<Void> end(String id) {
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
    Future<Boolean> end(Loaded loaded) {
        return store.end(key(loaded.id()), loaded.version(), timeouts.longest());
    }

    private Future<Long> write(String id, long expected, JsonObject content, Duration life) {
        CredentialDigest key = key(id);
        byte[] sealed = sealer.seal(content.encode().getBytes(StandardCharsets.UTF_8), key.toBytes());
        return store.replace(key, expected, sealed, life);
    }

    private CredentialDigest key(String id) {
        return CredentialDigest.of("openid-connect session\n" + plugin + "\n" + id);
    }
}
