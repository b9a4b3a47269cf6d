package io.gatehouse.oauth;

import io.gatehouse.syntax.CertificateName;
import org.jspecify.annotations.Nullable;

/**
 * Describes how a client authenticates, by the names of RFC 7591 §2.
 *
 * @param authenticationMethod the only {@code token_endpoint_auth_method} of the client; null: each that it has a secret or key for
 * @param jwks a JWK Set (RFC 7517 §5) with the client's public keys; null: none
 * @param isDpopBound whether each of its tokens is bound to a key (RFC 9449 §5.2)
 * @param certificateName the name that its certificate has, if an authority has issued it (RFC 8705 §2.1.2); null: none
 * @param isCertificateBound whether each of its tokens is bound to its certificate (RFC 8705 §3.4)
 */
public record ClientMetadata(
        @Nullable String authenticationMethod,
        @Nullable String jwks,
        boolean isDpopBound,
        @Nullable CertificateName certificateName,
        boolean isCertificateBound) {
    /** Of a client that has registered nothing. */
    public static final ClientMetadata NONE = new ClientMetadata(null, null, false, null, false);
}
