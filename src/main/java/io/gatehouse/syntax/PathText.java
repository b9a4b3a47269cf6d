package io.gatehouse.syntax;

import java.nio.charset.StandardCharsets;

/**
 * Writes a text as the path of a request (RFC 3986 §3.3).
 *
 * <p><i>Why</i>: the text may join parts that clients choose. Each part alone can be harmless, and their sum a {@code ..} segment, a query,
 * or a second line of the request.
 */
public final class PathText {
    private PathText() {}

    /**
     * Returns the path. It starts with one slash, and segments of dots are empty. Escapes remain; every other character that a path
     * cannot contain is percent-encoded in UTF-8.
     */
    public static String of(String text) {
        StringBuilder path = new StringBuilder(text.length() + 16);
        for (String segment : text.split("/", -1)) {
            String encoded = encoded(segment);
            path.append(isDots(encoded) ? "" : encoded).append('/');
        }
        path.setLength(path.length() - 1);
        int start = 0;
        while (start < path.length() && path.charAt(start) == '/') {
            start++;
        }
        return "/" + path.substring(start);
    }

    private static boolean isDots(String segment) {
        return segment.equals(".") || segment.equals("..") || PathNormaliser.isAmbiguous(segment);
    }

    private static String encoded(String segment) {
        StringBuilder encoded = new StringBuilder(segment.length());
        byte[] octets = segment.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < octets.length; i++) {
            char c = (char) (octets[i] & 0xFF);
            int escaped = c == '%' ? escaped(octets, i) : -1;
            if (escaped > 0) {
                append(encoded, escaped);
                i += 2;
            } else if (PathCharacters.isPlain(c)) {
                encoded.append(c);
            } else {
                PathCharacters.appendEncoded(encoded, c);
            }
        }
        return encoded.toString();
    }

    /** Encoded or not, an unreserved character has the same meaning: an encoded dot is a dot. */
    private static void append(StringBuilder encoded, int octet) {
        if (PathCharacters.isUnreserved(octet)) {
            encoded.append((char) octet);
        } else {
            PathCharacters.appendEncoded(encoded, octet);
        }
    }

    /** Returns the octet that the percent sign at {@code position} encodes; -1 if no two hexadecimal digits follow. */
    private static int escaped(byte[] octets, int position) {
        if (position + 2 >= octets.length) {
            return -1;
        }
        int high = PathCharacters.hexDigit((char) octets[position + 1]);
        int low = PathCharacters.hexDigit((char) octets[position + 2]);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }
}
