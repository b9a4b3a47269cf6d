package io.gatehouse.syntax;

import java.nio.charset.StandardCharsets;

/**
 * Writes text as the value of an HTTP header.
 *
 * <p>The codecs send each character of a value as one byte, and {@code ?} for a character beyond Latin-1. The value therefore has one
 * character for each byte of the text's UTF-8 form (RFC 9110 §5.5, obs-text).
 *
 * <p>Control characters are percent-encoded, and so are blanks at either end, which recipients strip. The schemas reject control
 * characters, but older rows may have them.
 */
public final class HeaderText {
    private static final int DELETE = 0x7F;
    private static final int NOTHING = -1;

    private HeaderText() {}

    /** Returns the value of a header that contains this text alone. */
    public static String of(String text) {
        return value(text, NOTHING);
    }

    /** Returns an element of a comma-separated list, with commas percent-encoded too (RFC 9110 §5.6.1). */
    public static String ofListElement(String text) {
        return value(text, ',');
    }

    private static String value(String text, int separator) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= DELETE || c == separator) {
                return encoded(text, separator);
            }
        }
        boolean isPadded = text.startsWith(" ") || text.endsWith(" ");
        return isPadded ? encoded(text, separator) : text;
    }

    private static String encoded(String text, int separator) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder value = new StringBuilder(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int octet = bytes[i] & 0xFF;
            boolean isOuter = i == 0 || i == bytes.length - 1;
            if (octet < ' ' || octet == DELETE || octet == separator || (octet == ' ' && isOuter)) {
                PathCharacters.appendEncoded(value, octet);
            } else {
                value.append((char) octet);
            }
        }
        return value.toString();
    }
}
