package io.gatehouse.issuer.grant;

import io.gatehouse.credential.Confirmation;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.CertificateProfile;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Binds access to the keys that a client has proven to possess: that of its DPoP proof (RFC 9449 §5, §10), and that of its certificate
 * (RFC 8705 §3, §4).
 *
 * <p><i>Invariant</i>: bound access stays bound. No redemption, no refresh and no exchange gives a bearer token for it.
 */
final class RequestedKey {
    private static final String PARAMETER = "dpop_jkt";
    /** A SHA-256 digest in base64url. */
    private static final Pattern THUMBPRINT = Pattern.compile("[A-Za-z0-9_-]{43}");

    private RequestedKey() {}

    /**
     * The key that redeems the code of an authorization request (§10): that of {@code dpop_jkt}, or of the proof of a pushed request
     * (§10.1). Null: any client with the code redeems it.
     *
     * @throws OAuth2Exception {@code invalid_request} if the parameter is malformed, {@code invalid_dpop_proof} if the proof is of
     *     another key
     */
    static @Nullable Confirmation ofCode(IssuerRequest request) {
        if (!request.config().dpop()) {
            return null;
        }
        Confirmation proven = request.confirmation();
        // An empty parameter counts as omitted (RFC 6749 §3.1). Blanks are a malformed thumbprint.
        String thumbprint =
                request.parameters().get(PARAMETER) instanceof String given && !given.isEmpty() ? given : null;
        if (thumbprint == null) {
            return proven;
        }
        if (!THUMBPRINT.matcher(thumbprint).matches()) {
            throw OAuth2Error.INVALID_REQUEST.because("dpop_jkt is not the SHA-256 thumbprint of a key");
        }
        Confirmation named = new Confirmation(thumbprint, null);
        if (proven != null && !proven.equals(named)) {
            throw OAuth2Error.INVALID_DPOP_PROOF.because("The DPoP proof is not of the key that dpop_jkt names");
        }
        return named;
    }

    /**
     * The access of a code, bound to the key of the request that redeems it.
     *
     * @throws OAuth2Exception {@code invalid_dpop_proof} or {@code invalid_grant} if the code is bound to another key
     */
    static GrantedAccess redeem(GrantedAccess access, IssuerRequest request) {
        return bind(access, request, true);
    }

    /**
     * The access of a refresh token, bound to the keys of the request that refreshes it. The refresh token of a public client is bound to
     * its keys. A confidential client authenticates, so it may use others (RFC 9449 §5, RFC 8705 §4).
     *
     * @throws OAuth2Exception {@code invalid_dpop_proof} without a proof for bound access; {@code invalid_grant} without a certificate
     *     for bound access, or for another key
     */
    static GrantedAccess refresh(GrantedAccess access, Client client, IssuerRequest request) {
        return bind(access, request, !client.isConfidential());
    }

    /**
     * The access of a token that a confidential client exchanges (RFC 8693), bound to the keys of the request: those of this client, which
     * may differ from those of the subject's client.
     *
     * @throws OAuth2Exception {@code invalid_dpop_proof} without a proof for bound access; {@code invalid_request} without a certificate
     *     (RFC 8693 §2.2.2)
     */
    static GrantedAccess exchange(GrantedAccess access, IssuerRequest request) {
        Confirmation bound = access.confirmation();
        if (bound != null && bound.certificateThumbprint() != null && request.certificateThumbprint() == null) {
            throw OAuth2Error.INVALID_REQUEST.because(CertificateProfile.REQUIRED);
        }
        return bind(access, request, false);
    }

    /** Whether the plugin checks the keys that access is bound to. Otherwise its tokens are valid for no API call of the plugin. */
    static boolean isChecked(GrantedAccess access, OAuth2Config config) {
        Confirmation bound = access.confirmation();
        return bound == null
                || ((bound.keyThumbprint() == null || config.dpop())
                        && (bound.certificateThumbprint() == null || config.mtls()));
    }

    /** Whether the sender of the request possesses the keys that access is bound to. */
    static boolean isProven(GrantedAccess access, IssuerRequest request) {
        Confirmation bound = access.confirmation();
        if (bound == null) {
            return true;
        }
        Confirmation proven = request.confirmation();
        String key = proven == null ? null : proven.keyThumbprint();
        return (bound.keyThumbprint() == null || bound.keyThumbprint().equals(key))
                && (bound.certificateThumbprint() == null
                        || bound.certificateThumbprint().equals(request.certificateThumbprint()));
    }

    private static GrantedAccess bind(GrantedAccess access, IssuerRequest request, boolean isKeyKept) {
        Confirmation bound = access.confirmation();
        Confirmation proven = request.confirmation();
        if (bound == null) {
            return access.boundTo(proven);
        }
        String key = proven == null ? null : proven.keyThumbprint();
        if (bound.keyThumbprint() != null) {
            if (key == null) {
                throw OAuth2Error.INVALID_DPOP_PROOF.because("A DPoP proof is required");
            }
            requireSame(bound.keyThumbprint(), key, isKeyKept, "The grant is bound to another key");
        }
        String certificate = proven == null ? null : proven.certificateThumbprint();
        if (bound.certificateThumbprint() != null) {
            // Also if the client's metadata no longer binds new grants.
            certificate = request.certificateThumbprint();
            if (certificate == null) {
                throw OAuth2Error.INVALID_GRANT.because("The grant is bound to a certificate");
            }
            requireSame(
                    bound.certificateThumbprint(), certificate, isKeyKept, "The grant is bound to another certificate");
        }
        return access.boundTo(Confirmation.of(key, certificate));
    }

    private static void requireSame(String bound, String proven, boolean isKept, String violation) {
        if (isKept && !bound.equals(proven)) {
            throw OAuth2Error.INVALID_GRANT.because(violation);
        }
    }
}
