package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.vertx.core.Future;
import java.util.UUID;

/**
 * Gives a token for a resource owner whose password the login backend has checked (RFC 6749 §4.3, as in Kong). The provision
 * key authenticates the backend; the gateway receives no password.
 */
public final class PasswordGrant implements Grant {
    private final TokenIssuance issuance;
    private final ProvisionKeys provisionKeys;

    public PasswordGrant(TokenIssuance issuance, ProvisionKeys provisionKeys) {
        this.issuance = issuance;
        this.provisionKeys = provisionKeys;
    }

    @Override
    public String type() {
        return "password";
    }

    @Override
    public boolean isEnabled(OAuth2Config config) {
        return config.passwordGrant();
    }

    @Override
    public Future<FreshToken> grant(Client client, IssuerRequest request) {
        provisionKeys.require(request);
        String userId = request.requireUserId();
        String scope = RequestedScope.check(request);
        return issuance.issue(
                client,
                request,
                FreshToken.pair(request, request.access(userId, scope, UUID.randomUUID()))
                        .reportingScope(RequestedScope.isDifferent(request, scope)));
    }
}
