package io.gatehouse.syntax.form;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code application/x-www-form-urlencoded} bodies and queries.
 *
 * <p><i>Invariant</i>: encoded text has one character for each byte.
 *
 * <p><i>Why</i>: {@link #parse} is strict, because a form is read as a whole. {@link #values} and {@link #all} read the query
 * of a proxied request, which belongs to the upstream. They are lenient, so that a stray percent sign in another parameter
 * does not reject the request.
 */
public final class UrlEncoded {
    private static final char REPLACEMENT = '\ufffd';

    private UrlEncoded() {}

    /** Parses all pairs in order; empty if a pair is malformed or there are more than {@link FormPair#LIMIT}. */
    public static Optional<List<FormPair>> parse(String octets) {
        List<FormPair> pairs = new ArrayList<>();
        int start = 0;
        while (start < octets.length()) {
            int end = octets.indexOf('&', start);
            end = end < 0 ? octets.length() : end;
            if (end > start) {
                int equals = octets.indexOf('=', start);
                equals = equals < 0 || equals > end ? end : equals;
                Optional<String> name = strict(octets.substring(start, equals));
                Optional<String> value = strict(octets.substring(Math.min(equals + 1, end), end));
                if (name.isEmpty() || value.isEmpty() || pairs.size() == FormPair.LIMIT) {
                    return Optional.empty();
                }
                pairs.add(new FormPair(name.get(), value.get()));
            }
            start = end + 1;
        }
        return Optional.of(pairs);
    }

    /** Returns whether text has more pairs than {@link #parse} accepts. */
    public static boolean hasTooManyPairs(String octets) {
        int pairs = 0;
        int start = 0;
        while (start < octets.length() && pairs <= FormPair.LIMIT) {
            int end = octets.indexOf('&', start);
            end = end < 0 ? octets.length() : end;
            pairs += end > start ? 1 : 0;
            start = end + 1;
        }
        return pairs > FormPair.LIMIT;
    }

    private static Optional<String> strict(String octets) {
        return PercentEncoding.strict(octets.replace('+', ' '));
    }

    /** Returns the decoded values of a name in order; a name without {@code =} has none. */
    public static List<String> values(@Nullable String query, String name) {
        // Most queries do not contain the name. An escape can hide it.
        if (query == null || !(query.contains(name) || query.indexOf('%') >= 0)) {
            return List.of();
        }
        List<String> values = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals >= 0 && lenient(pair.substring(0, equals)).equals(name)) {
                values.add(lenient(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    /** Returns the decoded values of every name in order; a name that is always without {@code =} has none. */
    public static Map<String, List<String>> all(@Nullable String query) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        if (query != null && !query.isEmpty()) {
            for (String pair : query.split("&", -1)) {
                List<String> values = all.computeIfAbsent(name(pair), first -> new ArrayList<>(1));
                int equals = pair.indexOf('=');
                if (equals >= 0) {
                    values.add(lenient(pair.substring(equals + 1)));
                }
            }
        }
        return all;
    }

    /** Removes the pairs of a name and keeps the bytes of the others; null if no pair is left. */
    public static @Nullable String without(String octets, String name) {
        StringBuilder rest = new StringBuilder(octets.length());
        for (String pair : octets.split("&", -1)) {
            if (!name(pair).equals(name)) {
                rest.append(rest.length() == 0 ? "" : "&").append(pair);
            }
        }
        return rest.length() == 0 ? null : rest.toString();
    }

    /**
     * Returns whether a value can come from bytes that are not UTF-8. Several such queries have the same value, so it names no
     * credential.
     */
    public static boolean isReplaced(String value) {
        return value.indexOf(REPLACEMENT) >= 0;
    }

    private static String name(String pair) {
        int equals = pair.indexOf('=');
        return lenient(equals < 0 ? pair : pair.substring(0, equals));
    }

    private static String lenient(String octets) {
        return PercentEncoding.lenient(octets.replace('+', ' '));
    }
}
