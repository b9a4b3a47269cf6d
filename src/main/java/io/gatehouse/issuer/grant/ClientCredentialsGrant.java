package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.Client;
import io.vertx.core.Future;

/** RFC 6749 §4.4: the client acts for itself, or with the provision key for a resource owner. No refresh token. */
public final class ClientCredentialsGrant implements Grant {
    private final TokenIssuance issuance;

    public ClientCredentialsGrant(TokenIssuance issuance) {
        this.issuance = issuance;
    }

    @Override
    public Future<FreshToken> grant(Client client, GrantRequest request) {
        String userId = request.text("authenticated_userid");
        if (userId != null) {
            request.requireProvisionKey();
        }
        String scope = RequestedScope.check(request);
        return issuance.issue(client, FreshToken.of(request, request.binding(), scope, userId, null, false));
    }
}
