package io.gatehouse.plugin.ldapauth;

import java.util.concurrent.TimeUnit;

/** Holds the time at which a bind has to be complete, with all its steps. */
record Deadline(long nanoTime) {

    static Deadline in(long millis) {
        return new Deadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    boolean isOver() {
        return nanoTime - System.nanoTime() <= 0;
    }

    /** Returns the milliseconds until then, at least one. */
    long millisLeft() {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime()));
    }
}
