package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.Client;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** RFC 6749 §4.2: the token comes with the redirect, to a client that shows no secret. Never a refresh token. */
public final class ImplicitGrant {
    private final TokenIssuance issuance;

    public ImplicitGrant(TokenIssuance issuance) {
        this.issuance = issuance;
    }

    /** Gives the client a token for the resource owner. */
    public Future<FreshToken> grant(Client client, GrantRequest request, @Nullable String scope, String userId) {
        return issuance.issue(client, FreshToken.of(request, request.binding(), scope, userId, null, false));
    }
}
