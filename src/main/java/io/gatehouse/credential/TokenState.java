package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an access token. Facts only: whether it may pass is computed for every request from these and the
 * route's plugin (docs/reference/oauth2.md#credential-states), since a verdict remembered on one route would be wrong on another.
 *
 * @param serviceId the Service it is bound to; null: any whose plugin has {@code global_credentials}
 * @param scope space-separated, or null
 * @param createdAt seconds since the epoch
 * @param expiresIn seconds from {@code createdAt}; 0: never
 * @param resource the resource that the token is for (RFC 8707 §2); null: not restricted
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
        @Nullable String resource)
        implements SharedCredentialState {

    /** All but what is the token's own, or its user's. */
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
                values.oneOrNull(resource));
    }

    @Override
    public long endsAt() {
        return expiresIn == 0 ? 0 : createdAt + expiresIn;
    }

    /** Whether the token's life is over at the time given, in seconds since the epoch. */
    public boolean isExpired(long now) {
        return expiresIn > 0 && now - createdAt > expiresIn;
    }
}
