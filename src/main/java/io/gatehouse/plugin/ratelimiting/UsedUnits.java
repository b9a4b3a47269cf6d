package io.gatehouse.plugin.ratelimiting;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the header with which an upstream reports what a response has used: {@code video=1, image=2}.
 *
 * <p>Unknown names and malformed parts are ignored. Of several parts with one name, the last one counts, as in Kong.
 */
final class UsedUnits {
    /** Longer values are ignored from here on. The head of a response is limited as a whole, too. */
    private static final int MAX_CHARS = 8 * 1024;
    /** 15 digits are exact in Kong, and no sum of them overflows. A fraction counts as one unit more. */
    private static final Pattern NUMBER = Pattern.compile("([+-]?)([0-9]{1,15})(?:\\.([0-9]{1,15}))?");

    private UsedUnits() {}

    /** Returns the units by name, without zeros. */
    static Map<String, Long> of(List<String> values, Set<String> names) {
        Map<String, Long> units = new TreeMap<>();
        for (String value : values) {
            String read = value.length() > MAX_CHARS ? value.substring(0, MAX_CHARS) : value;
            for (String part : read.split(",", -1)) {
                add(part, names, units);
            }
        }
        units.values().removeIf(number -> number == 0);
        return units;
    }

    private static void add(String part, Set<String> names, Map<String, Long> units) {
        int equals = part.indexOf('=');
        if (equals < 0) {
            return;
        }
        String name = part.substring(0, equals).strip();
        Matcher number = NUMBER.matcher(part.substring(equals + 1).strip());
        if (names.contains(name) && number.matches()) {
            long whole = Long.parseLong(number.group(2));
            boolean isNegative = number.group(1).equals("-");
            boolean hasFraction =
                    number.group(3) != null && number.group(3).chars().anyMatch(digit -> digit != '0');
            units.put(name, isNegative ? -whole : hasFraction ? whole + 1 : whole);
        }
    }
}
