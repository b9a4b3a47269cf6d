package io.gatehouse.oauth;

import io.gatehouse.syntax.CertificateName;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes how a client authenticates, by the names of RFC 7591 §2.
 *
 * @param authenticationMethod the only {@code token_endpoint_auth_method} of the client; null: each that it has a secret or key for
 * @param jwks a JWK Set (RFC 7517 §5) with the client's public keys; null: none
 * @param isDpopBound whether each of its tokens is bound to a key (RFC 9449 §5.2)
 * @param certificateName the name that its certificate has, if an authority has issued it (RFC 8705 §2.1.2); null: none
 * @param isCertificateBound whether each of its tokens is bound to its certificate (RFC 8705 §3.4)
 * @param grantTypes the grants that it may use; null: each that a plugin has
 * @param pluginId the plugin at which it has registered itself, and the only one it may use; null: none
 */
public record ClientMetadata(
        @Nullable String authenticationMethod,
        @Nullable String jwks,
        boolean isDpopBound,
        @Nullable CertificateName certificateName,
        boolean isCertificateBound,
        @Nullable List<String> grantTypes,
        @Nullable UUID pluginId) {
    /** The tag of applications that have registered themselves, and of their metadata. Lists without the tag leave them out. */
    public static final String REGISTERED = "dynamic-client-registration";

    /** Of a client that has registered nothing. */
    public static final ClientMetadata NONE = new ClientMetadata(null, null, false, null, false, null, null);

    public ClientMetadata {
        grantTypes = grantTypes == null ? null : List.copyOf(grantTypes);
    }

    /** Whether the client may use a grant. A refresh token belongs to the grant that has given it: a client without any may use none. */
    public boolean allows(String grantType) {
        return grantTypes == null
                || grantTypes.contains(grantType)
                || (grantType.equals("refresh_token") && !grantTypes.isEmpty());
    }

    /** Whether each of the client's tokens is bound to a key or a certificate. */
    public boolean isBound() {
        return isDpopBound || isCertificateBound;
    }

    /** Whether the client has registered itself (RFC 7591). */
    public boolean isRegisteredByItself() {
        return pluginId != null;
    }

    /** Whether the client may use a plugin. Operators of other plugins have not agreed that clients register themselves. */
    public boolean isUsableAt(UUID plugin) {
        return pluginId == null || pluginId.equals(plugin);
    }
}
