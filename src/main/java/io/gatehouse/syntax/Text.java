package io.gatehouse.syntax;

/** Checks that a value is plain text, fit for a header, a log line or a database row. */
public final class Text {
    private Text() {}

    /** Whether a value has neither control characters nor unpaired surrogates. */
    public static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                boolean paired = i + 1 < value.length() && Character.isSurrogatePair(c, value.charAt(i + 1));
                if (!paired) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
