package io.gatehouse.plugin.prometheus;

import java.util.Arrays;

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

    /** Each change replaces the array. */
    private volatile int[] codes = {};

    /** Returns the code, or {@link #OTHER} if the route already has the most codes without it. */
    int bounded(int code) {
        return contains(codes, code) || add(code) ? code : OTHER;
    }

    private synchronized boolean add(int code) {
        int[] present = codes;
        if (contains(present, code)) {
            return true;
        }
        if (present.length >= MAX_CODES) {
            return false;
        }
        int[] more = Arrays.copyOf(present, present.length + 1);
        more[present.length] = code;
        codes = more;
        return true;
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
