package io.gatehouse.schema;

import io.gatehouse.syntax.IpRange;
import java.util.List;
import java.util.Map;

/** Checks the forms of text that several schemas use. */
public final class Texts {
    static final TextPattern UUID =
            TextPattern.of("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    /** A name: ASCII letters and digits, {@code . - _ ~}, and any character beyond ASCII that is no control character. */
    static final TextPattern NAME = TextPattern.of("[^\\x00-,/:-@\\[-^`{-}\\x7f-\\x9f]+");

    /** A tag: printable, without the separators of a filter. */
    static final TextPattern TAG = TextPattern.of("[^\\x00-\\x1f\\x7f-\\x9f,/]+");

    /** The longest name of a host (RFC 1035 §2.3.4). */
    public static final int MAX_HOST = 253;

    private Texts() {}

    /** The violation of {@link #isStorable}. */
    static final String UNSTORABLE = "must not contain NUL or unpaired surrogate characters";

    /** Returns whether PostgreSQL can store text: no NUL and no unpaired surrogate. */
    static boolean isStorable(String text) {
        // A pair counts as one code point beyond the surrogates.
        return text.codePoints()
                .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    /** Returns the number of characters of a string, or of elements of a list. */
    static int size(Object value) {
        if (value instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        return value instanceof Map<?, ?> map ? map.size() : ((List<?>) value).size();
    }

    static boolean isUuid(String text) {
        return UUID.matches(text);
    }

    /** Returns whether text is an IPv4 or IPv6 address, bracketed or not. */
    public static boolean isAddress(String text) {
        return IpRange.address(text) != null;
    }
}
