package io.gatehouse.session;

import io.vertx.core.json.JsonObject;

/**
 * Has the times from which the timeouts of a session follow, in seconds since the epoch. Immutable.
 *
 * @param <S> the type itself
 */
public interface TimedSession<S extends TimedSession<S>> {
    /** Returns when the absolute timeout began. */
    long signedInAt();

    /** Returns when the rolling timeout began. */
    long rotatedAt();

    /** Returns when the idling timeout began. */
    long usedAt();

    /** Returns the session with a new rolling and idling timeout. */
    S rotated(long now);

    /** Returns the session with a new idling timeout. */
    S used(long now);

    /** Returns what is stored. */
    JsonObject toJson();
}
