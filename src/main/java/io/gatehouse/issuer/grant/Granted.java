package io.gatehouse.issuer.grant;

import org.jspecify.annotations.Nullable;

/**
 * What a grant allows.
 *
 * @param scope space-separated, or null
 * @param authenticatedUserId the resource owner, or null
 * @param withRefreshToken whether a refresh token comes with the access token
 */
public record Granted(@Nullable String scope, @Nullable String authenticatedUserId, boolean withRefreshToken) {}
