package io.gatehouse.oauth;

import io.gatehouse.credential.CredentialDigest;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token row to be stored, with digests in place of the tokens.
 *
 * @param access the access of the refresh token
 * @param scope the scope of the access token: that of {@code access}, or narrower
 * @param expiresIn seconds; 0: the access token does not expire
 * @param deleteAfter seconds until the row is deleted, and with it both tokens; 0: it is kept
 */
public record NewToken(
        UUID id,
        CredentialDigest accessToken,
        @Nullable CredentialDigest refreshToken,
        GrantedAccess access,
        @Nullable String scope,
        long expiresIn,
        long deleteAfter) {

    /** The scope of the refresh token, where it is wider than that of the access token. */
    public @Nullable String refreshScope() {
        return Objects.equals(scope, access.scope()) ? null : access.scope();
    }

    /** Seconds until the access token expires or its row is deleted, whichever is first; 0: neither. */
    public long effectiveLife() {
        if (deleteAfter == 0) {
            return expiresIn;
        }
        return expiresIn == 0 ? deleteAfter : Math.min(expiresIn, deleteAfter);
    }
}
