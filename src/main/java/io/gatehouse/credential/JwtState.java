package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes a credential of the jwt plugin. It holds the secret that signs tokens, so it is cached in the process only, for
 * minutes at most.
 *
 * @param key the claim by which a token names the credential
 * @param algorithm the one algorithm that its tokens are signed with, such as {@code HS256}
 * @param secret for HS algorithms
 * @param publicKey in PEM, for all other algorithms
 */
public record JwtState(
        String key,
        String algorithm,
        @Nullable String secret,
        @Nullable String publicKey,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId)
        implements CredentialState, ConsumerCredential {

    /** The digest by which a JWT credential is looked up. PostgreSQL computes the same one (V3__credentials.sql). */
    public static CredentialDigest digest(String key) {
        return CredentialDigest.of("jwt:" + key);
    }

    @Override
    public String toString() {
        return "JwtState[" + key + "]";
    }
}
