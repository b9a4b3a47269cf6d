package io.gatehouse.syntax.form;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Edits the pairs of a query or form, and keeps the bytes of all others.
 *
 * <p><i>Why</i>: each name is decoded once. A client chooses how many there are, and the operator how many edits.
 */
public final class RawPairs {
    private List<Pair> pairs = new ArrayList<>();

    /** Holds a pair with its decoded name. */
    private record Pair(String name, String octets) {
        static Pair of(String octets) {
            int equals = octets.indexOf('=');
            String name = equals < 0 ? octets : octets.substring(0, equals);
            return new Pair(PercentEncoding.lenient(name.replace('+', ' ')), octets);
        }

        static Pair of(String name, String value) {
            return new Pair(name, encoded(name) + "=" + encoded(value));
        }

        Pair renamed(String newName) {
            int equals = octets.indexOf('=');
            return new Pair(newName, encoded(newName) + (equals < 0 ? "" : octets.substring(equals)));
        }
    }

    /** {@code octets} has one character for each byte; null for no pairs. */
    public RawPairs(@Nullable String octets) {
        if (octets != null && !octets.isEmpty()) {
            for (String pair : octets.split("&", -1)) {
                pairs.add(Pair.of(pair));
            }
        }
    }

    /** Returns whether a text has more pairs than {@link FormPair#LIMIT}. It parses none. */
    public static boolean areTooMany(String octets) {
        int separators = 0;
        int at = octets.indexOf('&');
        while (at >= 0 && separators < FormPair.LIMIT) {
            separators++;
            at = octets.indexOf('&', at + 1);
        }
        return separators >= FormPair.LIMIT;
    }

    public boolean contains(String name) {
        return pairs.stream().anyMatch(pair -> pair.name().equals(name));
    }

    public void remove(String name) {
        pairs.removeIf(pair -> pair.name().equals(name));
    }

    /** Renames the pairs of a name, in the place of those that have the other name. */
    public void rename(String from, String to) {
        if (from.equals(to) || !contains(from)) {
            return;
        }
        List<Pair> renamed = new ArrayList<>(pairs.size());
        for (Pair pair : pairs) {
            if (pair.name().equals(from)) {
                renamed.add(pair.renamed(to));
            } else if (!pair.name().equals(to)) {
                renamed.add(pair);
            }
        }
        pairs = renamed;
    }

    /** Sets one value for a name, in the place of its first. */
    public void replace(String name, String value) {
        List<Pair> replaced = new ArrayList<>(pairs.size());
        boolean isDone = false;
        for (Pair pair : pairs) {
            if (!pair.name().equals(name)) {
                replaced.add(pair);
            } else if (!isDone) {
                replaced.add(Pair.of(name, value));
                isDone = true;
            }
        }
        pairs = replaced;
    }

    public void append(String name, String value) {
        pairs.add(Pair.of(name, value));
    }

    /** Percent-encodes all but the unreserved characters (RFC 3986 §2.3). */
    public static String encoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xFF);
            boolean isUnreserved = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-._~".indexOf(c) >= 0;
            if (isUnreserved) {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 0xF, 16)));
            }
        }
        return encoded.toString();
    }

    /** Returns the octets; null if no pair is left. */
    public @Nullable String octets() {
        return pairs.isEmpty() ? null : pairs.stream().map(Pair::octets).collect(Collectors.joining("&"));
    }
}
