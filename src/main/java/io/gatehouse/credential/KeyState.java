package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an API key of the key-auth plugin.
 *
 * @param endsAt the second in which it stops working, since the epoch; 0: never
 */
public record KeyState(
        UUID credentialId,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId,
        long endsAt)
        implements SharedCredentialState {

    /** How a key is looked up. The database computes the same, see V3__credentials.sql. */
    public static CredentialDigest digest(String key) {
        return CredentialDigest.of("key-auth:" + key);
    }

    /** Whether the key's life is over at the time given, in seconds since the epoch. */
    public boolean isExpired(long now) {
        return endsAt > 0 && now >= endsAt;
    }
}
