package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.GrantStore.Redemption;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** RFC 6749 §4.1.3: a code for a token, once. */
public final class AuthorizationCodeGrant implements Grant {
    private final GrantStore grants;
    private final TokenIssuance issuance;
    private final ReplayRevocation misuse;

    public AuthorizationCodeGrant(GrantStore grants, TokenIssuance issuance, ReplayRevocation misuse) {
        this.grants = grants;
        this.issuance = issuance;
        this.misuse = misuse;
    }

    @Override
    public Future<FreshToken> grant(Client client, GrantRequest request) {
        String code = request.text("code");
        if (code == null) {
            return Future.failedFuture(invalidCode());
        }
        // Made inside the transaction, which may run more than once; the last one made is the one stored.
        AtomicReference<FreshToken> made = new AtomicReference<>();
        Attempt attempt = Attempt.of(request);
        return grants.redeem(CredentialDigest.of(code), attempt.digest(), client, found -> {
                    check(found, client, request);
                    FreshToken token = FreshToken.of(
                            attempt,
                            request,
                            found.serviceId(),
                            found.scope(),
                            found.authenticatedUserId(),
                            found.familyId());
                    made.set(token);
                    return token.stored();
                })
                .compose(use -> {
                    if (use instanceof Redemption.Redeemed given) {
                        return issuance.announce(Objects.requireNonNull(made.get()), given.state());
                    }
                    if (use instanceof Redemption.Replayed again
                            && again.credentialId().equals(client.credentialId())) {
                        if (again.isSameAttempt()) {
                            return Future.succeededFuture(
                                    FreshToken.of(attempt, request, null, null, null, again.familyId()));
                        }
                        return misuse.revoke(again.familyId(), client, "replayed authorization code")
                                .compose(revoked -> Future.failedFuture(invalidCode()));
                    }
                    return Future.failedFuture(invalidCode());
                });
    }

    private static void check(AuthorizationCode code, Client client, GrantRequest request) {
        OAuth2Config config = request.config();
        boolean isBoundHere = code.serviceId() == null
                ? config.globalCredentials()
                : code.serviceId().equals(request.serviceId());
        if (!isBoundHere
                || !code.pluginId().equals(config.pluginId())
                || !code.credentialId().equals(client.credentialId())) {
            throw invalidCode();
        }
        Pkce.verify(code.challenge(), request, client);
    }

    private static OAuth2Exception invalidCode() {
        return OAuth2Error.INVALID_REQUEST.because("Invalid code");
    }
}
