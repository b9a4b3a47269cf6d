package io.gatehouse.fuzz;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Bytes as text: each character is one byte (ISO 8859-1). */
final class Wire {
    private Wire() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return text(bytes, bytes.length);
    }

    static String hex(String text) {
        return HexFormat.of().formatHex(bytes(text));
    }

    static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As in {@code src/test/resources/hostile}: one line for each line, every other control character escaped. */
    static String readable(String text) {
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
