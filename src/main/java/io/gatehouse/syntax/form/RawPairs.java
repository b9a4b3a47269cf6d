package io.gatehouse.syntax.form;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Edits the pairs of a query or form, and keeps the bytes of all others. */
public final class RawPairs {
    private List<String> pairs = new ArrayList<>();

    /** {@code octets} has one character for each byte; null for no pairs. */
    public RawPairs(@Nullable String octets) {
        if (octets != null && !octets.isEmpty()) {
            pairs.addAll(List.of(octets.split("&", -1)));
        }
    }

    private static String nameOf(String pair) {
        int equals = pair.indexOf('=');
        return PercentEncoding.lenient((equals < 0 ? pair : pair.substring(0, equals)).replace('+', ' '));
    }

    public boolean contains(String name) {
        return pairs.stream().anyMatch(pair -> nameOf(pair).equals(name));
    }

    public void remove(String name) {
        pairs.removeIf(pair -> nameOf(pair).equals(name));
    }

    /** Renames the pairs of a name, in the place of those that have the other name. */
    public void rename(String from, String to) {
        if (from.equals(to) || !contains(from)) {
            return;
        }
        List<String> renamed = new ArrayList<>(pairs.size());
        for (String pair : pairs) {
            String name = nameOf(pair);
            if (name.equals(from)) {
                int equals = pair.indexOf('=');
                renamed.add(encoded(to) + (equals < 0 ? "" : pair.substring(equals)));
            } else if (!name.equals(to)) {
                renamed.add(pair);
            }
        }
        pairs = renamed;
    }

    /** Sets one value for a name, in the place of its first. */
    public void replace(String name, String value) {
        List<String> replaced = new ArrayList<>(pairs.size());
        boolean isDone = false;
        for (String pair : pairs) {
            if (!nameOf(pair).equals(name)) {
                replaced.add(pair);
            } else if (!isDone) {
                replaced.add(pair(name, value));
                isDone = true;
            }
        }
        pairs = replaced;
    }

    public void append(String name, String value) {
        pairs.add(pair(name, value));
    }

    private static String pair(String name, String value) {
        return encoded(name) + "=" + encoded(value);
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
        return pairs.isEmpty() ? null : String.join("&", pairs);
    }
}
