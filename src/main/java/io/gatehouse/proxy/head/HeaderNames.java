package io.gatehouse.proxy.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A set of header names. Runs for every header of every request.
 *
 * <p><i>Why</i>: the length alone decides nearly always, and no lower-case string is created.
 */
public final class HeaderNames {
    private final String[][] byLength;

    public HeaderNames(String... names) {
        int longest = 0;
        for (String name : names) {
            longest = Math.max(longest, name.length());
        }
        List<List<String>> lists = new ArrayList<>();
        for (int i = 0; i <= longest; i++) {
            lists.add(new ArrayList<>());
        }
        for (String name : names) {
            lists.get(name.length()).add(name.toLowerCase(Locale.ROOT));
        }
        byLength = lists.stream().map(list -> list.toArray(String[]::new)).toArray(String[][]::new);
    }

    /** Whether the name, in any case, is in the set. An underscore counts as a hyphen. */
    public boolean contains(CharSequence name) {
        if (name.length() >= byLength.length) {
            return false;
        }
        for (String candidate : byLength[name.length()]) {
            if (matches(candidate, name, candidate.length())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the name starts with the lower-case prefix. An underscore counts as a hyphen, because many servers treat both alike:
     * the other spelling would pass a forged header.
     */
    public static boolean startsWith(CharSequence name, String prefix) {
        return name.length() >= prefix.length() && matches(prefix, name, prefix.length());
    }

    /** Whether an upstream may take both for one header: in any case, and with underscores for hyphens. */
    public static boolean areAlike(CharSequence one, CharSequence other) {
        if (one.length() != other.length()) {
            return false;
        }
        for (int i = 0; i < one.length(); i++) {
            if (folded(one.charAt(i)) != folded(other.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static char folded(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c == '_' ? '-' : c;
    }

    private static boolean matches(String lowerCase, CharSequence name, int length) {
        for (int i = 0; i < length; i++) {
            if (folded(name.charAt(i)) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
