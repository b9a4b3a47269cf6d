package io.gatehouse.fuzz.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Converts bytes to text and back. Each character is one byte (ISO 8859-1). */
public final class Wire {
    private Wire() {}

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    public static String text(byte[] bytes) {
        return text(bytes, bytes.length);
    }

    public static String hex(String text) {
        return HexFormat.of().formatHex(bytes(text));
    }

    public static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the text in the form of {@code src/test/resources/hostile}: control characters except line ends are escaped. */
    public static String readable(String text) {
        StringBuilder readable = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\r' -> readable.append("\\r");
                case '\n' -> readable.append("\\n\n");
                case '\t' -> readable.append("\\t");
                case '\\' -> readable.append("\\\\");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        readable.append(c);
                    } else {
                        readable.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
                    }
                }
            }
        }
        return readable.toString();
    }
}
