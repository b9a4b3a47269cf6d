package io.gatehouse.syntax.form;

import io.gatehouse.syntax.Text;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Decodes percent-encoded text.
 *
 * <p><i>Invariant</i>: encoded text has one character for each byte, as HTTP's codecs give a request target.
 */
public final class PercentEncoding {
    private PercentEncoding() {}

    /** Decodes strictly; empty if an escape is incomplete or the bytes are not UTF-8. */
    public static Optional<String> strict(String octets) {
        if (isPlain(octets)) {
            return Optional.of(octets);
        }
        return isWellFormed(octets) ? Text.utf8(bytes(octets)) : Optional.empty();
    }

    /**
     * Decodes as the URL Standard (§1.3) does: a percent sign without two hexadecimal digits remains, and U+FFFD replaces
     * malformed UTF-8.
     */
    public static String lenient(String octets) {
        return isPlain(octets) ? octets : new String(bytes(octets), StandardCharsets.UTF_8);
    }

    private static boolean isPlain(String octets) {
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            if (c == '%' || c > 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWellFormed(String octets) {
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            if (c > 0xFF || (c == '%' && !isEscape(octets, i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEscape(String octets, int percent) {
        return percent + 2 < octets.length()
                && HexFormat.isHexDigit(octets.charAt(percent + 1))
                && HexFormat.isHexDigit(octets.charAt(percent + 2));
    }

    private static byte[] bytes(String octets) {
        byte[] bytes = new byte[octets.length()];
        int length = 0;
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            if (c == '%' && isEscape(octets, i)) {
                bytes[length++] = (byte) HexFormat.fromHexDigits(octets, i + 1, i + 3);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return Arrays.copyOf(bytes, length);
    }
}
