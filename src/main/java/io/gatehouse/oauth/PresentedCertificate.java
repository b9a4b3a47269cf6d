package io.gatehouse.oauth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * Carries the certificate that a client has presented in its TLS handshake, whose key it possesses (RFC 8705 §2). Nothing else of it is
 * checked.
 *
 * @param leaf in DER, as base64
 * @param chain the certificates behind it, likewise
 */
public record PresentedCertificate(String leaf, List<String> chain) {
    public PresentedCertificate {
        chain = List.copyOf(chain);
    }

    /** The SHA-256 digest in base64url (RFC 8705 §3.1). */
    public String thumbprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(Base64.getDecoder().decode(leaf));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "PresentedCertificate[" + thumbprint() + "]";
    }
}
