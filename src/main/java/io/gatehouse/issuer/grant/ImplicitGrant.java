package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.Client;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Gives a token at the authorization endpoint, to a client that shows no secret (RFC 6749 §4.2). There is no refresh token. */
public final class ImplicitGrant {
    private final TokenIssuance issuance;

    public ImplicitGrant(TokenIssuance issuance) {
        this.issuance = issuance;
    }

    public Future<FreshToken> grant(Client client, IssuerRequest request, @Nullable String scope, String userId) {
        return issuance.issue(
                client,
                request,
                FreshToken.accessOnly(request, request.access(userId, scope, null))
                        .reportingScope(RequestedScope.isDifferent(request, scope)));
    }
}
