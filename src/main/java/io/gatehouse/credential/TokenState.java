package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes an access token.
 *
 * <p><i>Why</i>: it holds no decision, because a decision for one route would be wrong for another
 * (docs/reference/oauth2.md#credential-states).
 *
 * @param serviceId the Service that the token is bound to; null: any whose plugin has {@code global_credentials}
 * @param scope space-separated, or null
 * @param createdAt seconds since the epoch
 * @param expiresIn seconds from {@code createdAt}; 0: never
 * @param resource the resource that the token is for (RFC 8707 §2); null: not restricted
 * @param confirmation the keys that its sender has to possess; null: a bearer token
 */
public record TokenState(
        UUID tokenId,
        UUID credentialId,
        String clientId,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId,
        @Nullable UUID serviceId,
        @Nullable String authenticatedUserId,
        @Nullable String scope,
        long createdAt,
        long expiresIn,
        @Nullable String resource,
        @Nullable Confirmation confirmation)
        implements SharedCredentialState {

    /** Shares every value except those that belong to the token or its resource owner. */
    @Override
    public TokenState of(Values values) {
        return new TokenState(
                tokenId,
                values.one(credentialId),
                values.one(clientId),
                values.one(consumerId),
                values.oneOrNull(consumerUsername),
                values.oneOrNull(consumerCustomId),
                values.oneOrNull(serviceId),
                authenticatedUserId,
                values.oneOrNull(scope),
                createdAt,
                expiresIn,
                values.oneOrNull(resource),
                confirmation);
    }

    @Override
    public long endsAt() {
        return expiresIn == 0 ? 0 : createdAt + expiresIn;
    }

    /** Whether the token has expired at a time, in seconds since the epoch. */
    public boolean isExpired(long now) {
        return expiresIn > 0 && now - createdAt > expiresIn;
    }
}
