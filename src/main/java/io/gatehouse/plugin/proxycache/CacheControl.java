package io.gatehouse.plugin.proxycache;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds the directives of {@code Cache-Control} (RFC 9111 §5.2). A directive that occurs twice has the smaller number. */
record CacheControl(Map<String, String> directives) {

    static CacheControl of(List<String> values) {
        if (values.isEmpty()) {
            return new CacheControl(Map.of());
        }
        Map<String, String> directives = new HashMap<>();
        for (String directive : String.join(",", values).split(",", -1)) {
            int equals = directive.indexOf('=');
            String name = (equals < 0 ? directive : directive.substring(0, equals))
                    .trim()
                    .toLowerCase(Locale.ROOT);
            String value =
                    equals < 0 ? "" : directive.substring(equals + 1).trim().replace("\"", "");
            directives.merge(name, value, CacheControl::smaller);
        }
        return new CacheControl(directives);
    }

    /** Returns the stricter one of two values: of max-age=9999 and max-age=0, an attacker may have added the first. */
    private static String smaller(String one, String other) {
        Long first = parse(one);
        Long second = parse(other);
        return first == null || (second != null && second >= first) ? one : other;
    }

    boolean has(String name) {
        return directives.containsKey(name);
    }

    /** Returns the seconds of a directive; null if it is missing or no number. */
    @Nullable
    Long seconds(String... names) {
        for (String name : names) {
            String value = directives.get(name);
            if (value != null) {
                return parse(value);
            }
        }
        return null;
    }

    /** Returns a number of seconds; the largest one that is accepted stands for larger ones (RFC 9111 §1.2.2). */
    static @Nullable Long parse(String text) {
        if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        return text.length() > 10 ? Integer.MAX_VALUE : Math.min(Long.parseLong(text), Integer.MAX_VALUE);
    }
}
