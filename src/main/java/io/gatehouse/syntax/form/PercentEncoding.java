package io.gatehouse.syntax.form;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Decodes percent-encoding. Unlike the JDK's decoder it rejects malformed input. */
public final class PercentEncoding {
    private PercentEncoding() {}

    /** Returns the decoded text; empty if an escape is malformed or the bytes are not UTF-8. */
    public static Optional<String> decode(String encoded, boolean plusIsSpace) {
        byte[] raw = encoded.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            byte b = raw[i];
            if (b == '%') {
                int high = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else {
                bytes.put(b == '+' && plusIsSpace ? (byte) ' ' : b);
            }
        }
        return utf8(bytes.flip());
    }

    /** Returns the bytes as text; empty if they are not UTF-8. */
    public static Optional<String> utf8(ByteBuffer bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
