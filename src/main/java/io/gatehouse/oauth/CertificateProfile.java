package io.gatehouse.oauth;

import org.jspecify.annotations.Nullable;

/** Names and bounds of the certificates of clients (RFC 8705; docs/reference/oauth2.md#mutual-tls). */
public final class CertificateProfile {
    /** The authentication method of a client whose certificate an authority has issued (§2.1). */
    public static final String AUTHORITY_METHOD = "tls_client_auth";

    /** The authentication method of a client that has registered its certificates (§2.2). */
    public static final String REGISTERED_METHOD = "self_signed_tls_client_auth";

    /** The error of a request for a bound token without a certificate. */
    public static final String REQUIRED = "A client certificate is required";

    /** Characters of a certificate in base64. */
    public static final int MAX_LENGTH = 12_288;

    /** Certificates between that of a client and an authority. */
    public static final int MAX_CHAIN = 4;

    private CertificateProfile() {}

    /** Returns whether a method authenticates by a certificate. */
    public static boolean isMethod(@Nullable String method) {
        return AUTHORITY_METHOD.equals(method) || REGISTERED_METHOD.equals(method);
    }
}
