package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Describes a Consumer, for plugins that have authenticated it before: its session outlives the credential. */
public record ConsumerState(
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId) implements SharedCredentialState {

    /** The digest by which a Consumer is looked up. PostgreSQL computes the same one (V17__consumer_digest.sql). */
    public static CredentialDigest digest(UUID consumerId) {
        return CredentialDigest.of("consumer:" + consumerId);
    }

    @Override
    public long endsAt() {
        return 0;
    }
}
