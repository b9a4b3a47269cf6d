package io.gatehouse.schema;

import java.util.regex.Pattern;

/**
 * Holds a regular expression that a whole text matches.
 *
 * <p><i>Invariant</i>: the expression means the same in Java, in ECMAScript, which JSON Schema uses, and in Python. It has
 * characters, classes, groups, alternatives and bounded or greedy repetitions only.
 */
public final class TextPattern {
    private final String text;
    private final Pattern pattern;

    private TextPattern(String text) {
        this.text = text;
        this.pattern = Pattern.compile(text);
    }

    public static TextPattern of(String text) {
        return new TextPattern(text);
    }

    public boolean matches(String value) {
        return pattern.matcher(value).matches();
    }

    /** Returns the expression without anchors. */
    public String text() {
        return text;
    }
}
