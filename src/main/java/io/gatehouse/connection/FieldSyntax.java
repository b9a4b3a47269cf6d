package io.gatehouse.connection;

import io.netty.util.AsciiString;

/** Checks names and values of header fields, in any version of HTTP (RFC 9110 §5.1, §5.5). */
public final class FieldSyntax {
    /** The digits that fit into a long. */
    private static final int MAX_DIGITS = 18;

    private static final String LENGTH = "content-length";
    private static final int UNCOMPARED = 8;
    private static final int ASCII = 128;
    private static final char DELETE = 127;
    private static final boolean[] TOKEN = new boolean[ASCII];

    static {
        for (char c = '!'; c < DELETE; c++) {
            TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }

    private FieldSyntax() {}

    /**
     * Whether the text is the name of a field (RFC 9110 §5.1) that no server takes for another one. Servers on Vert.x 5.0 read {@code
     * Content-Xength}, with any letter in that place, as {@code Content-Length}.
     */
    public static boolean isName(CharSequence text) {
        return isToken(text) && (text.length() != LENGTH.length() || !isAlmostLength(text));
    }

    private static boolean isAlmostLength(CharSequence text) {
        return AsciiString.regionMatches(text, true, 0, LENGTH, 0, UNCOMPARED)
                && AsciiString.regionMatches(
                        text, true, UNCOMPARED + 1, LENGTH, UNCOMPARED + 1, LENGTH.length() - UNCOMPARED - 1)
                && !AsciiString.contentEqualsIgnoreCase(text, LENGTH);
    }

    /** Whether the text is a token (RFC 9110 §5.6.2). */
    public static boolean isToken(CharSequence text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= ASCII || !TOKEN[c]) {
                return false;
            }
        }
        return length > 0;
    }

    /** Whether the text consists of visible characters with spaces and tabs between them, or is empty. */
    public static boolean isValue(CharSequence text) {
        int length = text.length();
        return isText(text) && (length == 0 || (!isBlank(text.charAt(0)) && !isBlank(text.charAt(length - 1))));
    }

    /** Whether the text consists of visible characters, spaces and tabs, or is empty. */
    public static boolean isText(CharSequence text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == DELETE) {
                return false;
            }
        }
        return true;
    }

    /** Whether the text is a number in digits that fits into a long (RFC 9110 §8.6). */
    static boolean isLength(CharSequence text) {
        int length = text.length();
        if (length == 0 || length > MAX_DIGITS) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
