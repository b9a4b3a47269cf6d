package io.gatehouse.plugin.log;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the parts of a metric in the text form of StatsD, {@code name:value|type|@rate}. */
final class StatText {
    private static final Map<String, String> TYPES = Map.of(
            "gauge", "g",
            "counter", "c",
            "timer", "ms",
            "histogram", "h",
            "meter", "m",
            "set", "s",
            "distribution", "d");

    /** The delimiters of values, types and the tags of every style. */
    private static final String DELIMITERS = ":|#,[]=";

    private StatText() {}

    /** Returns the letters for Kong's {@code stat_type}. */
    static String type(String statType) {
        return Objects.requireNonNull(TYPES.get(statType), statType);
    }

    /** Returns the part for a {@code sample_rate}; empty if it is absent or 1. */
    static String rate(@Nullable Object sampleRate) {
        if (!(sampleRate instanceof Number rate) || rate.doubleValue() == 1) {
            return "";
        }
        return "|@"
                + (rate instanceof Long
                        ? rate.toString()
                        : BigDecimal.valueOf(rate.doubleValue())
                                .stripTrailingZeros()
                                .toPlainString());
    }

    /**
     * Replaces each delimiter, space and control character by {@code _}.
     *
     * <p><i>Why</i>: Kong writes names of Consumers as they are. One with a line break would be a second metric.
     */
    static String name(String text) {
        return replaced(text, DELIMITERS, true);
    }

    /** Returns a name whose dots, too, are replaced: it is one element of the name of a metric. */
    static String element(String text) {
        return name(text).replace('.', '_');
    }

    /** Replaces the characters of a configured tag that would end it. */
    static String tag(String text) {
        return replaced(text, "|", false);
    }

    private static String replaced(String text, String delimiters, boolean withSpaces) {
        StringBuilder replaced = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isSpace = Character.isWhitespace(c) || Character.isSpaceChar(c);
            boolean isBad = Character.isISOControl(c)
                    || delimiters.indexOf(c) >= 0
                    || (isSpace && (withSpaces || c == '\u2028' || c == '\u2029'));
            replaced.append(isBad ? '_' : c);
        }
        return replaced.toString();
    }
}
