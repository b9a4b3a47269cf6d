package io.gatehouse.oauth;

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
public record JwtFacts(
        String key,
        String algorithm,
        @Nullable String secret,
        @Nullable String publicKey,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId)
        implements Facts {

    /** How a credential is looked up. The database computes the same, see V3__credentials.sql. */
    public static TokenDigest digest(String key) {
        return TokenDigest.of("jwt:" + key);
    }

    @Override
    public String toString() {
        return "JwtFacts[" + key + "]";
    }
}
