package io.gatehouse.oauth;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an authorization code stands for (RFC 6749 §4.1.2).
 *
 * @param serviceId the Service it was given for; null: the plugin has {@code global_credentials}
 * @param pluginId the plugin that gave it
 * @param challenge PKCE's code challenge as unpadded base64url, always {@code S256}; null: none
 * @param familyId what ties the tokens it will give together
 */
public record AuthorizationCode(
        UUID credentialId,
        @Nullable UUID serviceId,
        UUID pluginId,
        String authenticatedUserId,
        @Nullable String scope,
        @Nullable String challenge,
        UUID familyId) {
    /** Seconds from its making to its end (docs/reference/oauth2.md#entities). */
    public static final int LIFE_SECONDS = 300;
}
