package io.gatehouse.bus;

import io.gatehouse.oauth.PresentedCertificate;
import io.gatehouse.oauth.ProvenKey;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Carries a request for an endpoint of the oauth2 plugin. The proxy has checked its transport.
 *
 * @param pluginId the plugin whose configuration applies
 * @param serviceId the Service of the route, to which tokens are bound unless they are global
 * @param attempt names this attempt, also when the proxy repeats it, so that what can be used once is not taken for a replay: a code,
 *     a refresh token, an assertion, a proof, a pushed request, a decision about a device; as secret as a token. Null: the request has none of
 *     them, or the proxy has a version that repeats nothing
 * @param parameters of query and body together
 * @param authorization the header that may carry the client's credentials (RFC 6749 §2.3.1)
 * @param clientAddress the address of the client, for whose network failed secrets are counted
 * @param issuer the authorization server's identifier (RFC 8414 §2). Null: the client did not use TLS, or the sender is a proxy
 *     of a previous version
 * @param resource the identifier of the API behind the route (RFC 9728 §1.2), in canonical form. Null: as for the issuer
 * @param provenKey the key of the DPoP proof of a token request or pushed request. Null: it has none
 * @param certificate that the client has presented. Null: it has none, or the plugin uses none
 * @param attemptedAt when the proxy began the attempt, in seconds since the epoch by PostgreSQL's clock; the same when it repeats it.
 *     Null: as for the attempt
 */
public record OAuth2Request(
        Endpoint endpoint,
        UUID pluginId,
        @Nullable UUID serviceId,
        @Nullable String attempt,
        Map<String, @Nullable Object> parameters,
        @Nullable String authorization,
        String clientAddress,
        @Nullable String issuer,
        @Nullable String resource,
        @Nullable ProvenKey provenKey,
        @Nullable PresentedCertificate certificate,
        @Nullable Long attemptedAt) {

    /** The plugin's endpoints (docs/reference/oauth2.md#endpoints). */
    public enum Endpoint {
        TOKEN,
        AUTHORIZE,
        INTROSPECT,
        REVOKE,
        /** A pushed authorization request (RFC 9126). */
        PAR,
        /** A device authorization request (RFC 8628). */
        DEVICE_AUTHORIZATION,
        /** The keys that verify JWT access tokens (RFC 7517 §5). */
        JWKS,
        /**
         * A registration (RFC 7591), or one that a client manages (RFC 7592). Parameters: {@code method}, {@code client_id} of a managed one,
         * and {@code metadata}, the text of the body.
         */
        REGISTRATION
    }

    /** The same request with other parameters. */
    public OAuth2Request withParameters(Map<String, @Nullable Object> others) {
        return new OAuth2Request(
                endpoint,
                pluginId,
                serviceId,
                attempt,
                others,
                authorization,
                clientAddress,
                issuer,
                resource,
                provenKey,
                certificate,
                attemptedAt);
    }

    @Override
    public String toString() {
        return "OAuth2Request[" + endpoint + " of plugin " + pluginId + "]";
    }
}
