package io.gatehouse.syntax;

import java.nio.charset.StandardCharsets;

/**
 * Writes text as the value of an HTTP header.
 *
 * <p>The codecs send each character of a header value as one byte, and send {@code ?} for a character beyond Latin-1. So
 * the value consists of the bytes of the text's UTF-8 form, one character for each (RFC 9110 §5.5, obs-text).
 *
 * <p>What a header cannot carry is percent-encoded: control characters, and blanks at either end, which recipients strip.
 * The schemas refuse control characters when such text is written; rows from before that remain.
 */
public final class HeaderText {
    private static final int DELETE = 0x7F;
    private static final int NOTHING = -1;

    private HeaderText() {}

    /** The value of a header that carries this text alone. */
    public static String of(String text) {
        return value(text, NOTHING);
    }

    /** One element of a comma-separated list (RFC 9110 §5.6.1): a comma is percent-encoded too. */
    public static String ofListElement(String text) {
        return value(text, ',');
    }

    private static String value(String text, int separator) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isOuter = i == 0 || i == text.length() - 1;
            if (c < ' ' || c >= DELETE || c == separator || (c == ' ' && isOuter)) {
                return encoded(text, separator);
            }
        }
        return text;
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
