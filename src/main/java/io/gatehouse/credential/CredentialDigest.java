package io.gatehouse.credential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 digest of a token, the only form in which one rests anywhere. Tokens carry 190 bits of randomness, so a
 * plain digest cannot be searched. Four longs rather than an array: a key with value semantics and a third of the memory.
 */
public record CredentialDigest(long first, long second, long third, long fourth) {
    private static final int BYTES = 32;

    // A digest is computed for every proxied request with a token; making a MessageDigest costs as much as using it.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(CredentialDigest::sha256);

    /** The digest of a token in clear. */
    public static CredentialDigest of(String token) {
        return ofBytes(SHA_256.get().digest(token.getBytes(StandardCharsets.UTF_8)));
    }

    /** The digest stored as 32 bytes. */
    public static CredentialDigest ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + bytes.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new CredentialDigest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(first)
                .putLong(second)
                .putLong(third)
                .putLong(fourth)
                .array();
    }

    /** 64 lower-case digits. */
    public String toHex() {
        return HexFormat.of().formatHex(toBytes());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
