package io.gatehouse.plugin.openidconnect;

import io.gatehouse.schema.Document;
import java.time.Duration;

/**
 * Holds the timeouts of sessions in seconds; 0 is none.
 *
 * @param idling since the last request
 * @param rolling since the id was last replaced
 * @param absolute since the sign-in
 */
record SessionTimeouts(long idling, long rolling, long absolute) {
    /** The longest life of a session without timeouts. */
    private static final long MAX_LIFE = 30L * 24 * 3_600;
    /** A request extends the idling timeout in steps, so that not each one is a write. */
    private static final long MAX_STEP = 60;

    static SessionTimeouts of(Document config) {
        return new SessionTimeouts(
                config.integer("session_idling_timeout"),
                config.integer("session_rolling_timeout"),
                config.integer("session_absolute_timeout"));
    }

    boolean hasEnded(Session session, long now) {
        return left(session, now) <= 0;
    }

    /** Returns the seconds until the first timeout. */
    private long left(Session session, long now) {
        long left = session.signedInAt() + MAX_LIFE - now;
        left = Math.min(left, idling == 0 ? left : session.usedAt() + idling - now);
        left = Math.min(left, rolling == 0 ? left : session.rotatedAt() + rolling - now);
        return Math.min(left, absolute == 0 ? left : session.signedInAt() + absolute - now);
    }

    /** Returns how long the store keeps the session. */
    Duration life(Session session, long now) {
        return Duration.ofSeconds(Math.max(1, left(session, now)));
    }

    /** Returns whether the id is to be replaced: three quarters of the rolling timeout are over. */
    boolean isRotationDue(Session session, long now) {
        return rolling > 0 && 4 * (now - session.rotatedAt()) >= 3 * rolling;
    }

    /** Returns whether the use of the session is to be stored. */
    boolean isUseDue(Session session, long now) {
        return idling > 0 && now - session.usedAt() >= Math.max(1, Math.min(MAX_STEP, idling / 4));
    }

    /** Returns how long the end of a session is kept: as long as any session can last. */
    Duration longest() {
        return Duration.ofSeconds(absolute == 0 ? MAX_LIFE : Math.min(MAX_LIFE, absolute));
    }
}
