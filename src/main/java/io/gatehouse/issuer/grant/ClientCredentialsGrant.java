package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.vertx.core.Future;

/**
 * Gives a confidential client a token of its own or, with the provision key, of a resource owner (RFC 6749 §4.4). There is no
 * refresh token.
 */
public final class ClientCredentialsGrant implements Grant {
    private final TokenIssuance issuance;
    private final ProvisionKeys provisionKeys;

    public ClientCredentialsGrant(TokenIssuance issuance, ProvisionKeys provisionKeys) {
        this.issuance = issuance;
        this.provisionKeys = provisionKeys;
    }

    @Override
    public String type() {
        return "client_credentials";
    }

    @Override
    public boolean isEnabled(OAuth2Config config) {
        return config.clientCredentials();
    }

    @Override
    public boolean needsRedirectUris(OAuth2Config config) {
        return false;
    }

    @Override
    public Future<FreshToken> grant(Client client, IssuerRequest request) {
        if (!client.isConfidential()) {
            return Future.failedFuture(OAuth2Error.UNAUTHORIZED_CLIENT.because(
                    "The client_credentials grant is for confidential clients only"));
        }
        String userId = request.userId();
        if (userId != null) {
            provisionKeys.require(request);
        }
        String scope = RequestedScope.check(request);
        return issuance.issue(
                client,
                request,
                FreshToken.accessOnly(request, request.access(userId, scope, null))
                        .reportingScope(RequestedScope.isDifferent(request, scope)));
    }
}
