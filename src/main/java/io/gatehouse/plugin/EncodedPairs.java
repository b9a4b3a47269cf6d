package io.gatehouse.plugin;

import io.gatehouse.syntax.FormText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pairs of a query string or a form, read and removed one by one so that the others stay as the client wrote them. The
 * encoded text has one character for each byte ({@link FormText}).
 */
public final class EncodedPairs {
    private EncodedPairs() {}

    /** The decoded values of a name, in order; a name without {@code =} has none. */
    public static List<String> values(@Nullable String encoded, String name) {
        // Nearly every query has no such name; a percent sign may hide one.
        if (encoded == null || !(encoded.contains(name) || encoded.indexOf('%') >= 0)) {
            return List.of();
        }
        List<String> values = new ArrayList<>();
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals >= 0 && FormText.decoded(pair.substring(0, equals)).equals(name)) {
                values.add(FormText.decoded(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    /** The decoded values of every name, in order; a name that only stands without {@code =} has none. */
    public static Map<String, List<String>> all(@Nullable String encoded) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        if (encoded != null && !encoded.isEmpty()) {
            for (String pair : encoded.split("&", -1)) {
                List<String> values = all.computeIfAbsent(name(pair), first -> new ArrayList<>(1));
                int equals = pair.indexOf('=');
                if (equals >= 0) {
                    values.add(FormText.decoded(pair.substring(equals + 1)));
                }
            }
        }
        return all;
    }

    private static String name(String pair) {
        int equals = pair.indexOf('=');
        return FormText.decoded(equals < 0 ? pair : pair.substring(0, equals));
    }

    /** The pairs without those of a name; null when nothing is left. */
    public static @Nullable String without(String encoded, String name) {
        StringBuilder rest = new StringBuilder(encoded.length());
        for (String pair : encoded.split("&", -1)) {
            if (!name(pair).equals(name)) {
                rest.append(rest.length() == 0 ? "" : "&").append(pair);
            }
        }
        return rest.length() == 0 ? null : rest.toString();
    }
}
