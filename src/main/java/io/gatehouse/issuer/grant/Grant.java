package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.vertx.core.Future;
import java.util.Map;

/** A way to a token at the token endpoint (RFC 6749 §1.3). */
public interface Grant {
    /** Its {@code grant_type}. */
    String type();

    boolean isEnabled(OAuth2Config config);

    /** Whether the client needs redirect URIs, and {@code redirect_uri} has to be one of them. */
    default boolean needsRedirectUris(OAuth2Config config) {
        return true;
    }

    /**
     * Stores and returns a token for the authenticated client; fails with an {@link io.gatehouse.oauth.OAuth2Exception} if
     * the client gets none.
     */
    Future<FreshToken> grant(Client client, IssuerRequest request);

    /** The members of the response with a token (RFC 6749 §5.1). */
    default Map<String, Object> members(FreshToken token, IssuerRequest request) {
        return token.members(request);
    }
}
