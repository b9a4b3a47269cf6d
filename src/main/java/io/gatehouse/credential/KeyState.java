package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes an API key of the key-auth plugin.
 *
 * @param endsAt the second in which it expires, since the epoch; 0: never
 */
public record KeyState(
        UUID credentialId,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId,
        long endsAt)
        implements SharedCredentialState, ConsumerCredential {

    /** The digest by which a key is looked up. PostgreSQL computes the same one (V3__credentials.sql). */
    public static CredentialDigest digest(String key) {
        return CredentialDigest.of("key-auth:" + key);
    }

    /** Whether the key has expired at a time, in seconds since the epoch. */
    public boolean isExpired(long now) {
        return endsAt > 0 && now >= endsAt;
    }
}
