package io.gatehouse.oauth;

import io.gatehouse.credential.Confirmation;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes the access that a resource owner or a client has been granted. A code, a refresh token and an access token of one
 * grant carry the same.
 *
 * <p><i>Invariant</i>: a redemption or a refresh may narrow it and never widens it.
 *
 * @param serviceId the Service that its tokens are valid for; null: each whose plugin has {@code global_credentials}
 * @param scope space-separated; null: none
 * @param resource the resource that its tokens are for, in canonical form (RFC 8707 §2); null: not restricted
 * @param familyId connects the tokens of one grant; null: no other token has come from its token
 * @param confirmation the keys that its tokens are bound to; of a code, the key that redeems it; null: none
 */
public record GrantedAccess(
        @Nullable UUID serviceId,
        @Nullable String authenticatedUserId,
        @Nullable String scope,
        @Nullable String resource,
        @Nullable UUID familyId,
        @Nullable Confirmation confirmation) {

    /** The same access in another family. */
    public GrantedAccess inFamily(@Nullable UUID family) {
        return new GrantedAccess(serviceId, authenticatedUserId, scope, resource, family, confirmation);
    }

    /** The same access, restricted to a resource. */
    public GrantedAccess forResource(@Nullable String newResource) {
        return new GrantedAccess(serviceId, authenticatedUserId, scope, newResource, familyId, confirmation);
    }

    /** The same access, bound to other keys. */
    public GrantedAccess boundTo(@Nullable Confirmation keys) {
        return new GrantedAccess(serviceId, authenticatedUserId, scope, resource, familyId, keys);
    }

    /** The same access with a part of its scope. */
    public GrantedAccess narrowedTo(@Nullable String newScope) {
        return new GrantedAccess(serviceId, authenticatedUserId, newScope, resource, familyId, confirmation);
    }

    @Override
    public String toString() {
        return "GrantedAccess[service=" + serviceId + ", family=" + familyId + "]";
    }
}
