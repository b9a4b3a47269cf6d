package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.GrantStore.Redemption;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Redeems an authorization code, or the code of a device that a resource owner has approved, once (RFC 6749 §4.1.2).
 *
 * <p><i>Invariant</i>: the redemption is by the client, at the Service and through the plugin that the code was issued for.
 */
public final class CodeRedemption {
    private final GrantStore grants;
    private final TokenIssuance issuance;
    private final ReplayRevocation misuse;

    public CodeRedemption(GrantStore grants, TokenIssuance issuance, ReplayRevocation misuse) {
        this.grants = grants;
        this.issuance = issuance;
        this.misuse = misuse;
    }

    /**
     * Exchanges a code for a pair of tokens.
     *
     * @param invalid the error of a code that is unknown, expired, redeemed, or issued for another client, plugin or Service
     * @param check throws the error of a code that the request does not fit otherwise, which leaves the code unused
     */
    Future<FreshToken> redeem(
            CredentialDigest digest,
            Client client,
            IssuerRequest request,
            OAuth2Exception invalid,
            Consumer<AuthorizationCode> check) {
        // The transaction may run more than once; the last token made is the one stored.
        AtomicReference<FreshToken> made = new AtomicReference<>();
        Attempt attempt = Attempt.of(request);
        return issuance.prepare(request)
                .compose(prepared -> grants.redeem(digest, attempt.digest(), client, found -> {
                    if (!request.covers(found.access())
                            || !found.pluginId().equals(request.config().pluginId())
                            || !found.credentialId().equals(client.credentialId())) {
                        throw invalid;
                    }
                    check.accept(found);
                    GrantedAccess access =
                            RequestedKey.redeem(RequestedResource.restrict(found.access(), request), request);
                    FreshToken token =
                            FreshToken.pair(attempt, request, access).reportingScope(found.isScopeDifferent());
                    return issuance.formed(token, client, request, null).map(formed -> {
                        made.set(formed);
                        return formed.stored();
                    });
                }))
                .compose(use -> {
                    if (use instanceof Redemption.Redeemed given) {
                        return Future.succeededFuture(
                                issuance.cached(Objects.requireNonNull(made.get()), given.state()));
                    }
                    if (use instanceof Redemption.Replayed again
                            && again.credentialId().equals(client.credentialId())) {
                        if (again.isSameAttempt()) {
                            return issuance.repeat(attempt, client, request, again.isScopeDifferent())
                                    .map(token -> token.orElseThrow(() -> invalid));
                        }
                        return misuse.revoke(again.familyId(), client, "replayed authorization code")
                                .compose(revoked -> Future.failedFuture(invalid));
                    }
                    return Future.failedFuture(invalid);
                });
    }
}
