package io.gatehouse.syntax;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the value of an HTTP header as text, where the value is compared with text of the configuration or of a credential, or
 * shown in a log or in JSON.
 *
 * <p>The codecs give a value one character for each byte. Clients send UTF-8 (RFC 9110 §5.5, obs-text). {@link HeaderText} writes
 * values.
 *
 * <p><i>Threading</i>: runs for every request. A value of ASCII costs no allocation, and malformed UTF-8 no exception.
 */
public final class HeaderValue {
    private static final char LAST_ASCII = 0x7F;

    private HeaderValue() {}

    /** Returns the text of a value; the value itself if its bytes are not UTF-8. */
    public static String text(String value) {
        return isAscii(value) ? value : decoded(value);
    }

    /** Returns the texts of values in order. */
    public static List<String> texts(List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            if (!isAscii(values.get(i))) {
                return values.stream().map(HeaderValue::text).toList();
            }
        }
        return values;
    }

    /**
     * Returns what follows the scheme in the value of an {@code Authorization} header; null if the value is of another scheme or has
     * nothing else. As in Kong, a tab separates them as a space does: the upstream may read it so.
     */
    public static @Nullable String credentials(String value, String scheme) {
        String trimmed = value.strip();
        int length = scheme.length();
        return trimmed.length() > length
                        && trimmed.regionMatches(true, 0, scheme, 0, length)
                        && Character.isWhitespace(trimmed.charAt(length))
                ? trimmed.substring(length).strip()
                : null;
    }

    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > LAST_ASCII) {
                return false;
            }
        }
        return true;
    }

    private static String decoded(String octets) {
        CharBuffer text = CharBuffer.allocate(octets.length());
        boolean isUtf8 = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)), text, true)
                .isUnderflow();
        return isUtf8 ? text.flip().toString() : octets;
    }
}
