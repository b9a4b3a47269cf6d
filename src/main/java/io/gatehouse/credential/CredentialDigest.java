package io.gatehouse.credential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Holds the SHA-256 digest of a credential. A token is stored in no other form.
 *
 * <p><i>Why</i>: a token has 190 random bits, so a plain digest cannot be reversed by search. Four longs instead of an array
 * give a map key with value semantics in a third of the memory.
 */
public record CredentialDigest(long first, long second, long third, long fourth) {
    private static final int BYTES = 32;

    // Runs for every proxied request with a token. Creating a MessageDigest costs as much as using it.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(CredentialDigest::sha256);

    /** Computes the digest of a token in clear text. */
    public static CredentialDigest of(String token) {
        return ofBytes(SHA_256.get().digest(token.getBytes(StandardCharsets.UTF_8)));
    }

    /** Computes the digest of the bytes from an index to the end. */
    public static CredentialDigest of(byte[] bytes, int from) {
        MessageDigest sha256 = SHA_256.get();
        sha256.update(bytes, from, bytes.length - from);
        return ofBytes(sha256.digest());
    }

    /** Reads a digest from its 32 bytes. */
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

    /** The digest as 64 lower-case digits. */
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
