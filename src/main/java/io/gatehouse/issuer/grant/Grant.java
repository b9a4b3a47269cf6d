package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.Client;
import io.vertx.core.Future;

/** One way to earn a token (RFC 6749 §1.3). */
public interface Grant {
    /**
     * Decides what the authenticated client gets; fails with an {@link io.gatehouse.oauth.OAuth2Exception} when that is
     * nothing.
     */
    Future<Granted> grant(Client client, GrantRequest request);
}
