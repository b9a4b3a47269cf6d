package io.gatehouse.syntax;

import java.nio.charset.StandardCharsets;

/**
 * Decodes a name or value of a query or form as the URL Standard (§5.1) does: {@code +} is a blank, a percent sign without two
 * hexadecimal digits stands for itself, and the bytes are UTF-8, with U+FFFD in place of malformed ones.
 */
public final class FormText {
    private FormText() {}

    /** {@code octets} has one character for each byte, as the HTTP codecs return a request target. */
    public static String decoded(String octets) {
        return isLiteral(octets) ? octets : decode(octets);
    }

    private static boolean isLiteral(String octets) {
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            if (c == '%' || c == '+' || c > 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static String decode(String octets) {
        byte[] bytes = new byte[octets.length()];
        int length = 0;
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            int encoded = c == '%' ? PathCharacters.encodedOctet(octets, i) : -1;
            if (encoded >= 0) {
                bytes[length++] = (byte) encoded;
                i += 2;
            } else {
                bytes[length++] = (byte) (c == '+' ? ' ' : c);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
