package io.gatehouse.oauth;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token about to be stored, in digests.
 *
 * @param expiresIn seconds; 0: never
 * @param deleteAfter seconds from now until the row may go; 0: never
 */
public record NewToken(
        UUID id,
        TokenDigest accessToken,
        @Nullable TokenDigest refreshToken,
        @Nullable UUID serviceId,
        @Nullable String authenticatedUserId,
        @Nullable String scope,
        long expiresIn,
        long deleteAfter) {}
