package io.gatehouse.plugin.grpcweb;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes bodies of {@code application/grpc-web-text}: base64 texts, one after the other, each with its own padding.
 *
 * <p><i>Why not the JDK's decoder</i>: it accepts padding at the end only, and a client could send a text for each byte.
 */
final class TextBody {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final byte[] VALUES = values();
    private static final int GROUP = 4;
    private static final int BITS = 6;

    private TextBody() {}

    private static byte[] values() {
        byte[] values = new byte[1 << Byte.SIZE];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            values[ALPHABET.charAt(i)] = (byte) i;
        }
        return values;
    }

    /** Returns the decoded bytes; null if a group of four characters is incomplete or has another character. */
    static @Nullable Buffer decode(Buffer text) {
        byte[] characters = text.getBytes();
        if (characters.length % GROUP != 0) {
            return null;
        }
        byte[] decoded = new byte[characters.length / GROUP * (GROUP - 1)];
        int length = 0;
        for (int i = 0; i < characters.length; i += GROUP) {
            int padding = characters[i + 3] != '=' ? 0 : characters[i + 2] != '=' ? 1 : 2;
            int bits = 0;
            for (int j = 0; j < GROUP; j++) {
                int value = j < GROUP - padding ? VALUES[characters[i + j] & 0xFF] : 0;
                if (value < 0) {
                    return null;
                }
                bits = (bits << BITS) | value;
            }
            for (int j = 0; j < GROUP - 1 - padding; j++) {
                decoded[length++] = (byte) (bits >> ((2 - j) * Byte.SIZE));
            }
        }
        return Buffer.buffer(Arrays.copyOf(decoded, length));
    }

    /** Returns the bytes as one text. */
    static Buffer encode(Buffer bytes) {
        return Buffer.buffer(Base64.getEncoder().encode(bytes.getBytes()));
    }
}
