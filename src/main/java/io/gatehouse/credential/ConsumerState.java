package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes a Consumer, for plugins that identify it without one of its credentials: by a session that outlives the credential, or by a
 * claim of an OpenID provider.
 */
public record ConsumerState(
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId) implements SharedCredentialState, ConsumerCredential {

    /** The digest by which a Consumer is looked up. PostgreSQL computes the same one (V17__consumer_digest.sql). */
    public static CredentialDigest digest(UUID consumerId) {
        return CredentialDigest.of("consumer:" + consumerId);
    }

    /** The digest of a username. PostgreSQL computes the same one (V22__consumer_name_digests.sql). */
    public static CredentialDigest digestOfUsername(String username) {
        return CredentialDigest.of("consumer-username:" + username);
    }

    /** The digest of a {@code custom_id}. PostgreSQL computes the same one (V22__consumer_name_digests.sql). */
    public static CredentialDigest digestOfCustomId(String customId) {
        return CredentialDigest.of("consumer-custom-id:" + customId);
    }

    @Override
    public long endsAt() {
        return 0;
    }
}
