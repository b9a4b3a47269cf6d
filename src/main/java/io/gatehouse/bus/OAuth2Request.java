package io.gatehouse.bus;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request to one of the plugin's own endpoints, its transport already checked by the proxy.
 *
 * @param pluginId whose configuration counts
 * @param serviceId the Service of the route, to which tokens are bound unless they are global
 * @param parameters of query and body together
 * @param clientAddress where the request came from, to slow down whoever guesses
 * @param attempt names this attempt, the same when the proxy repeats it: as secret as a token; null: a proxy of a version
 *     that repeats nothing
 * @param issuer the authorization server's identifier (RFC 8414 §2); null: the client did not use TLS, or a proxy of a
 *     version before sent the request
 * @param resource the identifier of the API behind the route (RFC 9728 §1.2), in canonical form; null: likewise
 * @param authorization the header that may carry the client's credentials (RFC 6749 §2.3.1)
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
        @Nullable String resource) {

    /** The plugin's endpoints (docs/reference/oauth2.md#endpoints). */
    public enum Endpoint {
        TOKEN,
        AUTHORIZE,
        INTROSPECT,
        REVOKE
    }

    @Override
    public String toString() {
        return "OAuth2Request[" + endpoint + " of plugin " + pluginId + "]";
    }
}
