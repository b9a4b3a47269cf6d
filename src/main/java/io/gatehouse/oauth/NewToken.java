package io.gatehouse.oauth;

import io.gatehouse.credential.CredentialDigest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token about to be stored, in digests.
 *
 * @param expiresIn seconds; 0: never
 * @param deleteAfter seconds from now until the row goes, and with it both tokens; 0: never
 * @param familyId the grant it goes back to; null when nothing else can come from that grant
 */
public record NewToken(
        UUID id,
        CredentialDigest accessToken,
        @Nullable CredentialDigest refreshToken,
        @Nullable UUID serviceId,
        @Nullable String authenticatedUserId,
        @Nullable String scope,
        long expiresIn,
        long deleteAfter,
        @Nullable UUID familyId) {

    /** Seconds until the access token stops working, whichever of its own life and its row's ends first; 0: never. */
    public long effectiveLife() {
        if (deleteAfter == 0) {
            return expiresIn;
        }
        return expiresIn == 0 ? deleteAfter : Math.min(expiresIn, deleteAfter);
    }
}
