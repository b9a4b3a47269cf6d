package io.gatehouse.proxy.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A set of header names that is asked about every header of every request: the length decides nearly always, and no
 * string is made in lower case for it.
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

    /** Whether the name is in the set, whatever its case, an underscore counting as a hyphen. */
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
     * Whether the name starts like the lower-case prefix. An underscore counts as a hyphen: many servers make both the
     * same, so the other spelling would carry a forged header past us.
     */
    public static boolean startsWith(CharSequence name, String prefix) {
        return name.length() >= prefix.length() && matches(prefix, name, prefix.length());
    }

    private static boolean matches(String lowerCase, CharSequence name, int length) {
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            char folded = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c == '_' ? '-' : c;
            if (folded != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
