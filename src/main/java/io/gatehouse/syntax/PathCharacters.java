package io.gatehouse.syntax;

/** Classifies the characters of a request target (RFC 3986 §2, §3.3). Runs for every proxied request. */
final class PathCharacters {

    private static final byte REFUSED = 0;
    private static final byte UNRESERVED = 1;
    private static final byte PLAIN = 2;
    private static final byte ENCODED = 3;

    private static final byte[] KINDS = new byte[128];

    static {
        mark("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", UNRESERVED);
        mark("/!$&'()*+,;=:@", PLAIN);
        mark("\"<>[]^`{|}", ENCODED);
    }

    private PathCharacters() {}

    private static void mark(String characters, byte kind) {
        for (int i = 0; i < characters.length(); i++) {
            KINDS[characters.charAt(i)] = kind;
        }
    }

    private static byte kind(int c) {
        return c >= 0 && c < KINDS.length ? KINDS[c] : REFUSED;
    }

    /** Whether it is a letter, a digit or one of {@code -._~}, which have the same meaning encoded or not (RFC 3986 §2.3). */
    static boolean isUnreserved(int c) {
        return kind(c) == UNRESERVED;
    }

    /** Whether it is a slash, or may occur unencoded in a path segment. */
    static boolean isPlain(char c) {
        byte kind = kind(c);
        return kind == UNRESERVED || kind == PLAIN;
    }

    /** Whether it is a printable character that many clients send unencoded, against RFC 3986, and that parsers agree on. */
    static boolean isToBeEncoded(char c) {
        return kind(c) == ENCODED;
    }

    /** Returns the octet that the percent sign at {@code position} encodes; -1 if no two hexadecimal digits follow. */
    static int encodedOctet(CharSequence text, int position) {
        if (position + 2 >= text.length()) {
            return -1;
        }
        int high = hexDigit(text.charAt(position + 1));
        int low = hexDigit(text.charAt(position + 2));
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    /** Returns the value of an ASCII digit. {@link Character#digit} accepts digits of other scripts too. */
    static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'A' && c <= 'F') {
            return c - 'A' + 10;
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }

    static void appendEncoded(StringBuilder out, int octet) {
        out.append('%').append(upperHex(octet >> 4)).append(upperHex(octet & 0xF));
    }

    private static char upperHex(int digit) {
        return (char) (digit < 10 ? '0' + digit : 'A' + digit - 10);
    }
}
