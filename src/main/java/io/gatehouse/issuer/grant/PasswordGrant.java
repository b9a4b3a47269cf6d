package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.Client;
import io.vertx.core.Future;
import java.util.UUID;

/**
 * RFC 6749 §4.3 as Kong has it: the login backend has checked the owner's password, and says so with the provision key; no
 * password ever comes here.
 */
public final class PasswordGrant implements Grant {
    private final TokenIssuance issuance;

    public PasswordGrant(TokenIssuance issuance) {
        this.issuance = issuance;
    }

    @Override
    public Future<FreshToken> grant(Client client, GrantRequest request) {
        request.requireProvisionKey();
        String userId = request.requireAuthenticatedUserId();
        String scope = RequestedScope.check(request);
        return issuance.issue(
                client, FreshToken.of(request, request.binding(), scope, userId, UUID.randomUUID(), true));
    }
}
