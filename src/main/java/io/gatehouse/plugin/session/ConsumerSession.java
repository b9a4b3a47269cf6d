package io.gatehouse.plugin.session;

import io.gatehouse.plugin.Identity;
import io.gatehouse.session.TimedSession;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds the Consumer and the credential that began a session. Times are in seconds. Immutable.
 *
 * @param publicId which upstreams and clients may receive; it authenticates nothing
 * @param credential the public part of the credential
 */
record ConsumerSession(
        String publicId, UUID consumerId, @Nullable String credential, long signedInAt, long rotatedAt, long usedAt)
        implements TimedSession<ConsumerSession> {
    private static final int ID_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Begins a session of a Consumer. */
    static ConsumerSession of(UUID consumerId, @Nullable String credential, long now) {
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return new ConsumerSession(id, consumerId, credential, now, now, now);
    }

    /** Reads a session; empty if another version of the gateway wrote it. */
    static Optional<ConsumerSession> read(JsonObject stored) {
        String id = stored.getString("id");
        String consumer = stored.getString("consumer");
        return id == null || consumer == null
                ? Optional.empty()
                : Optional.of(new ConsumerSession(
                        id,
                        UUID.fromString(consumer),
                        stored.getString("credential"),
                        stored.getLong("signedIn", 0L),
                        stored.getLong("rotated", 0L),
                        stored.getLong("used", 0L)));
    }

    @Override
    public JsonObject toJson() {
        return new JsonObject()
                .put("id", publicId)
                .put("consumer", consumerId.toString())
                .put("credential", credential)
                .put("signedIn", signedInAt)
                .put("rotated", rotatedAt)
                .put("used", usedAt);
    }

    @Override
    public ConsumerSession rotated(long now) {
        return new ConsumerSession(publicId, consumerId, credential, signedInAt, now, now);
    }

    @Override
    public ConsumerSession used(long now) {
        return new ConsumerSession(publicId, consumerId, credential, signedInAt, rotatedAt, now);
    }

    /** Returns whether the caller is the one that began the session. */
    boolean isOf(Identity caller) {
        return consumerId.equals(caller.consumerId()) && Objects.equals(credential, caller.credentialIdentifier());
    }
}
