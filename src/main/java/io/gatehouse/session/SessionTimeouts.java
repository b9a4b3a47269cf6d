package io.gatehouse.session;

import java.time.Duration;

/**
 * Holds the timeouts of sessions in seconds; 0 is none.
 *
 * @param idling since the last request
 * @param rolling since the id was last replaced
 * @param absolute since the sign-in
 */
public record SessionTimeouts(long idling, long rolling, long absolute) {
    /** The longest life of a session without an absolute timeout. */
    private static final long MAX_LIFE = 30L * 24 * 3_600;
    /** A request extends the idling timeout in steps, so that not each one is a write. */
    private static final long MAX_STEP = 60;

    public boolean hasEnded(TimedSession<?> session, long now) {
        return left(session, now) <= 0;
    }

    /** Returns the seconds until the first timeout. */
    public long left(TimedSession<?> session, long now) {
        long left = absoluteLeft(session, now);
        left = Math.min(left, idling == 0 ? left : idlingLeft(session, now));
        return Math.min(left, rolling == 0 ? left : rollingLeft(session, now));
    }

    /** Returns the seconds until the absolute timeout, or the longest life without one. */
    public long absoluteLeft(TimedSession<?> session, long now) {
        return session.signedInAt() + (absolute == 0 ? MAX_LIFE : absolute) - now;
    }

    /** Returns the seconds until the rolling timeout, which has to be one. */
    public long rollingLeft(TimedSession<?> session, long now) {
        return session.rotatedAt() + rolling - now;
    }

    /** Returns the seconds until the idling timeout, which has to be one. */
    public long idlingLeft(TimedSession<?> session, long now) {
        return session.usedAt() + idling - now;
    }

    /** Returns how long the store keeps the session. */
    public Duration life(TimedSession<?> session, long now) {
        return Duration.ofSeconds(Math.max(1, left(session, now)));
    }

    /** Returns whether the id is to be replaced: three quarters of the rolling timeout are over. */
    public boolean isRotationDue(TimedSession<?> session, long now) {
        return rolling > 0 && 4 * (now - session.rotatedAt()) >= 3 * rolling;
    }

    /** Returns whether the use of the session is to be stored. */
    public boolean isUseDue(TimedSession<?> session, long now) {
        return idling > 0 && now - session.usedAt() >= Math.max(1, Math.min(MAX_STEP, idling / 4));
    }

    /** Returns how long the end of a session is kept: as long as any session can last. */
    public Duration longest() {
        return Duration.ofSeconds(absolute == 0 ? MAX_LIFE : absolute);
    }
}
