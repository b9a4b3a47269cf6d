package io.gatehouse.entity;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large the program of a regular expression will be. Matching takes linear time, but counted repetitions multiply
 * when they nest, and {@code ((((a{30}){30}){30}){30}){30}} fills the memory of whoever compiles it; so it is measured
 * before. An estimate from above, since what is compiled here runs against anybody's requests.
 */
final class RegexSize {
    private final String regex;
    /** Sizes of the groups that are open, outside the innermost. */
    private final Deque<Long> open = new ArrayDeque<>();

    private long group;
    private long atom;
    private int at;

    private RegexSize(String regex) {
        this.regex = regex;
    }

    /** The number of instructions, roughly. */
    static long of(String regex) {
        return new RegexSize(regex).measure();
    }

    private long measure() {
        while (at < regex.length()) {
            char c = regex.charAt(at);
            switch (c) {
                case '\\' -> escape();
                case '[' -> {
                    add(1);
                    at = classEnd();
                }
                case '(' -> {
                    open.push(group);
                    group = 0;
                    atom = 0;
                    at++;
                }
                case ')' -> close();
                case '{' -> repeat();
                case '*', '+', '?', '|' -> {
                    // Part of what is repeated, should a repetition follow.
                    group++;
                    atom++;
                    at++;
                }
                default -> {
                    add(1);
                    at++;
                }
            }
        }
        open.forEach(outer -> group = plus(group, outer));
        return group;
    }

    private void add(long size) {
        atom = size;
        group = plus(group, size);
    }

    private void close() {
        at++;
        long closed = plus(group, 2);
        group = open.isEmpty() ? 0 : open.pop();
        add(closed);
    }

    /** {@code \Q…\E} quotes; anything else stands for one character. */
    private void escape() {
        if (regex.startsWith("\\Q", at)) {
            int end = regex.indexOf("\\E", at);
            end = end < 0 ? regex.length() : end;
            add(end - at);
            at = Math.min(end + 2, regex.length());
        } else {
            add(1);
            at += 2;
        }
    }

    /** Where a class ends: a bracket that comes first, or is escaped or named, belongs to it. */
    private int classEnd() {
        int i = at + 1;
        if (i < regex.length() && regex.charAt(i) == '^') {
            i++;
        }
        boolean first = true;
        while (i < regex.length() && (first || regex.charAt(i) != ']')) {
            first = false;
            int named = regex.startsWith("[:", i) ? regex.indexOf(":]", i + 2) : -1;
            i = named >= 0 ? named + 2 : i + (regex.charAt(i) == '\\' ? 2 : 1);
        }
        return i + 1;
    }

    /** {@code {n}}, {@code {n,}} and {@code {n,m}} copy what they follow; anything else is text. */
    private void repeat() {
        int end = regex.indexOf('}', at);
        String counts = end < 0 || end - at > 12 ? "" : regex.substring(at + 1, end);
        if (!counts.matches("\\d{1,5}(?:,\\d{0,5})?")) {
            add(1);
            at++;
            return;
        }
        int comma = counts.indexOf(',');
        String highest =
                comma < 0 || comma == counts.length() - 1 ? counts.replace(",", "") : counts.substring(comma + 1);
        long most = Long.parseLong(highest);
        long repeated = times(plus(atom, 1), plus(most, 1));
        group = plus(group, repeated);
        atom = repeated;
        at = end + 1;
    }

    private static long plus(long one, long other) {
        return Math.min(one + other, Integer.MAX_VALUE);
    }

    private static long times(long one, long other) {
        return Math.min(one * other, Integer.MAX_VALUE);
    }
}
