package io.gatehouse.syntax;

/** What each character of a request target is allowed to be (RFC 3986 §2 and §3.3). Runs for every proxied request. */
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

    /** Letters, digits and {@code -._~}: encoded or not, they are the same (RFC 3986 §2.3). */
    static boolean isUnreserved(int c) {
        return kind(c) == UNRESERVED;
    }

    /** A slash, or what a path segment may contain as it is. */
    static boolean isPlain(char c) {
        byte kind = kind(c);
        return kind == UNRESERVED || kind == PLAIN;
    }

    /** Printable, harmless, and sent unencoded by many clients although RFC 3986 does not allow it. */
    static boolean isToBeEncoded(char c) {
        return kind(c) == ENCODED;
    }

    /** The octet that the percent sign at {@code position} encodes, or -1 when no two hexadecimal digits follow. */
    static int encodedOctet(CharSequence text, int position) {
        if (position + 2 >= text.length()) {
            return -1;
        }
        int high = hexDigit(text.charAt(position + 1));
        int low = hexDigit(text.charAt(position + 2));
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    /** The value of an ASCII digit; {@link Character#digit} also takes digits of other scripts. */
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
