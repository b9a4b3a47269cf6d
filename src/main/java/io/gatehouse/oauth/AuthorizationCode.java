package io.gatehouse.oauth;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Records what an authorization code is bound to (RFC 6749 §4.1.2, §4.1.3).
 *
 * @param pluginId the plugin that issued it
 * @param challenge PKCE's code challenge as unpadded base64url, always {@code S256}; null: none
 * @param redirectUri the URI that it was sent to; null: a node of a version before issued it
 * @param isRedirectUriRequested whether the authorization request named that URI
 * @param isScopeDifferent whether the authorization request asked for another scope
 */
public record AuthorizationCode(
        UUID credentialId,
        UUID pluginId,
        GrantedAccess access,
        @Nullable String challenge,
        @Nullable String redirectUri,
        boolean isRedirectUriRequested,
        boolean isScopeDifferent) {
    /** Life in seconds (docs/reference/oauth2.md#entities). */
    public static final int LIFE_SECONDS = 300;

    @Override
    public String toString() {
        return "AuthorizationCode[" + access + "]";
    }
}
