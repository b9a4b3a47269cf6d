package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes a credential of the hmac-auth plugin. It holds the secret that signs requests, so it is cached in the process only.
 */
public record HmacState(
        UUID credentialId,
        String username,
        String secret,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId)
        implements CredentialState, ConsumerCredential {

    /** The digest by which a credential is looked up. PostgreSQL computes the same one (V15__basic_and_hmac_auth.sql). */
    public static CredentialDigest digest(String username) {
        return CredentialDigest.of("hmac-auth:" + username);
    }

    @Override
    public String toString() {
        return "HmacState[" + credentialId + "]";
    }
}
