package io.gatehouse.oauth;

import io.gatehouse.credential.CredentialDigest;
import java.util.UUID;

/**
 * The row of a refresh token that is presented.
 *
 * @param accessToken the digest to invalidate when the row changes
 * @param access the access of the refresh token, which may be wider than that of the row's access token
 */
public record StoredToken(UUID id, UUID credentialId, CredentialDigest accessToken, GrantedAccess access) {}
