package io.gatehouse.oauth;

import io.gatehouse.credential.CredentialDigest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token's row as those see it who change it.
 *
 * @param accessToken the digest that has to be forgotten when the row changes
 * @param familyId the grant it goes back to; null for one that was imported
 * @param hasRefreshToken whether the row carries a refresh token
 */
public record StoredToken(
        UUID id,
        UUID credentialId,
        @Nullable UUID serviceId,
        CredentialDigest accessToken,
        boolean hasRefreshToken,
        @Nullable String authenticatedUserId,
        @Nullable String scope,
        @Nullable UUID familyId) {}
