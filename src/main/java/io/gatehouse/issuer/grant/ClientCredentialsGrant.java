package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Error;
import io.vertx.core.Future;

/** RFC 6749 §4.4: the client acts for itself, or with the provision key for a resource owner. No refresh token. */
public final class ClientCredentialsGrant implements Grant {
    @Override
    public Future<Granted> grant(Client client, GrantRequest request) {
        String userId = request.text("authenticated_userid");
        String provisionKey = request.text("provision_key");
        if (userId != null
                && (provisionKey == null
                        || !HashedSecret.equal(provisionKey, request.config().provisionKey()))) {
            return Future.failedFuture(OAuth2Error.INVALID_PROVISION_KEY.because("Invalid provision_key"));
        }
        return Future.succeededFuture(new Granted(RequestedScope.check(request), userId, false));
    }
}
