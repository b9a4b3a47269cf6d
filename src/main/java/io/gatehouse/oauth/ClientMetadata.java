package io.gatehouse.oauth;

import org.jspecify.annotations.Nullable;

/**
 * Describes how a client authenticates, by the names of RFC 7591 §2.
 *
 * @param authenticationMethod the only {@code token_endpoint_auth_method} of the client; null: each that it has a secret or key for
 * @param jwks a JWK Set (RFC 7517 §5) with the client's public keys; null: none
 * @param isDpopBound whether each of its tokens is bound to a key (RFC 9449 §5.2)
 */
public record ClientMetadata(
        @Nullable String authenticationMethod, @Nullable String jwks, boolean isDpopBound) {
    /** Of a client that has registered nothing. */
    public static final ClientMetadata NONE = new ClientMetadata(null, null, false);
}
