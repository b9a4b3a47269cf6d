package io.gatehouse.credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes a credential of the basic-auth plugin. It holds the hash of a password, so it is cached in the process only.
 *
 * @param passwordHash {@link #hash} of the password and the Consumer's id
 */
public record BasicState(
        UUID credentialId,
        String username,
        String passwordHash,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId)
        implements CredentialState, ConsumerCredential {

    /** The digest by which a credential is looked up. PostgreSQL computes the same one (V15__basic_and_hmac_auth.sql). */
    public static CredentialDigest digest(String username) {
        return CredentialDigest.of("basic-auth:" + username);
    }

    /** Hashes a password as Kong does, so that the Admin API shows the same text. */
    public static String hash(String password, UUID consumer) {
        try {
            byte[] salted = (password + consumer).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(salted));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-1", e);
        }
    }

    /** Whether the password is right, in constant time. */
    public boolean isPassword(String password) {
        return MessageDigest.isEqual(
                passwordHash.getBytes(StandardCharsets.US_ASCII),
                hash(password, consumerId).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "BasicState[" + credentialId + "]";
    }
}
