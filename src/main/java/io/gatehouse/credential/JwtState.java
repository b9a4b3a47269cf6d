package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a credential of the jwt plugin. Its secret signs, so it is kept in process memory only, and never
 * for long.
 *
 * @param key what tokens name it by
 * @param algorithm the one algorithm its tokens are signed with, such as {@code HS256}
 * @param secret for HS algorithms
 * @param publicKey in PEM, for the others
 */
public record JwtState(
        String key,
        String algorithm,
        @Nullable String secret,
        @Nullable String publicKey,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId)
        implements CredentialState {

    /** How a credential is looked up. The database computes the same, see V3__credentials.sql. */
    public static CredentialDigest digest(String key) {
        return CredentialDigest.of("jwt:" + key);
    }

    @Override
    public String toString() {
        return "JwtFacts[" + key + "]";
    }
}
