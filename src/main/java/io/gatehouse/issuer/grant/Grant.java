package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.Client;
import io.vertx.core.Future;

/** One way to earn a token (RFC 6749 §1.3). */
public interface Grant {
    /**
     * Gives the authenticated client its token, stored; fails with an {@link io.gatehouse.oauth.OAuth2Exception} when it
     * gets none.
     */
    Future<FreshToken> grant(Client client, GrantRequest request);
}
