package io.gatehouse.plugin.prometheus;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Bounds the status codes for which a route has series of their own.
 *
 * <p><i>Threading</i>: safe for every thread.
 *
 * <p><i>Why</i>: an upstream that sends arbitrary codes must not create a series for each.
 */
final class RouteCodes {
    /** Stands for all codes beyond the bound. */
    static final int OTHER = 0;

    private static final int MAX_CODES = 64;

    private final AtomicReference<int[]> codes = new AtomicReference<>(new int[0]);

    /** Returns the code, or {@link #OTHER} if the route already has the most codes without it. */
    int bounded(int code) {
        int[] present = codes.get();
        while (!contains(present, code)) {
            if (present.length >= MAX_CODES) {
                return OTHER;
            }
            int[] more = Arrays.copyOf(present, present.length + 1);
            more[present.length] = code;
            if (codes.compareAndSet(present, more)) {
                return code;
            }
            present = codes.get();
        }
        return code;
    }

    private static boolean contains(int[] codes, int wanted) {
        for (int code : codes) {
            if (code == wanted) {
                return true;
            }
        }
        return false;
    }
}
