package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.GrantStore.Redemption;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Redeems an authorization code, once (RFC 6749 §4.1.3).
 *
 * <p><i>Invariant</i>: the redemption names the client, the redirect URI, the challenge's verifier, the Service and the plugin
 * that the code was issued for.
 */
public final class AuthorizationCodeGrant implements Grant {
    private static final String INVALID = "Invalid code";

    private final GrantStore grants;
    private final TokenIssuance issuance;
    private final ReplayRevocation misuse;

    public AuthorizationCodeGrant(GrantStore grants, TokenIssuance issuance, ReplayRevocation misuse) {
        this.grants = grants;
        this.issuance = issuance;
        this.misuse = misuse;
    }

    @Override
    public String type() {
        return "authorization_code";
    }

    /** As in Kong; the authorization endpoint issues codes only if the grant is enabled. */
    @Override
    public boolean isEnabled(OAuth2Config config) {
        return true;
    }

    @Override
    public Future<FreshToken> grant(Client client, IssuerRequest request) {
        String code = request.text("code");
        if (code == null) {
            // A parameter is missing (RFC 6749 §5.2), with the text of Kong.
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because(INVALID));
        }
        // The transaction may run more than once; the last token made is the one stored.
        AtomicReference<FreshToken> made = new AtomicReference<>();
        Attempt attempt = Attempt.of(request);
        return grants.redeem(CredentialDigest.of(code), attempt.digest(), client, found -> {
                    check(found, client, request);
                    GrantedAccess access = RequestedResource.restrict(found.access(), request);
                    FreshToken token =
                            FreshToken.pair(attempt, request, access).reportingScope(found.isScopeDifferent());
                    made.set(token);
                    return token.stored();
                })
                .compose(use -> {
                    if (use instanceof Redemption.Redeemed given) {
                        return issuance.cacheState(Objects.requireNonNull(made.get()), given.state());
                    }
                    if (use instanceof Redemption.Replayed again
                            && again.credentialId().equals(client.credentialId())) {
                        if (again.isSameAttempt()) {
                            return issuance.repeat(attempt, again.isScopeDifferent())
                                    .map(token -> token.orElseThrow(() -> invalidCode(request)));
                        }
                        return misuse.revoke(again.familyId(), client, "replayed authorization code")
                                .compose(revoked -> Future.failedFuture(invalidCode(request)));
                    }
                    return Future.failedFuture(invalidCode(request));
                });
    }

    private static void check(AuthorizationCode code, Client client, IssuerRequest request) {
        if (!request.covers(code.access())
                || !code.pluginId().equals(request.config().pluginId())
                || !code.credentialId().equals(client.credentialId())) {
            throw invalidCode(request);
        }
        checkRedirectUri(code, request);
        Pkce.verify(code.challenge(), request, client);
    }

    /** RFC 6749 §4.1.3: identical, and present if the authorization request named it. */
    private static void checkRedirectUri(AuthorizationCode code, IssuerRequest request) {
        String redirectUri = request.text("redirect_uri");
        boolean isBound = redirectUri == null
                ? !code.isRedirectUriRequested()
                : code.redirectUri() == null || redirectUri.equals(code.redirectUri());
        if (!isBound) {
            throw Departure.CODE_REDIRECT_URI
                    .choose(request.isRfc(), OAuth2Error.INVALID_REQUEST, OAuth2Error.INVALID_GRANT)
                    .because("Invalid redirect_uri of the authorization code");
        }
    }

    private static OAuth2Exception invalidCode(IssuerRequest request) {
        return Departure.DEAD_CODE
                .choose(request.isRfc(), OAuth2Error.INVALID_REQUEST, OAuth2Error.INVALID_GRANT)
                .because(INVALID);
    }
}
