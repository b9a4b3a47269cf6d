package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.vertx.core.Future;

/**
 * Redeems an authorization code, once (RFC 6749 §4.1.3).
 *
 * <p><i>Invariant</i>: the redemption names the redirect URI and the challenge's verifier that the code was issued for, and what
 * {@link CodeRedemption} requires.
 */
public final class AuthorizationCodeGrant implements Grant {
    private static final String INVALID = "Invalid code";

    private final CodeRedemption redemption;

    public AuthorizationCodeGrant(CodeRedemption redemption) {
        this.redemption = redemption;
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
        if (DeviceCodeGrant.isDigestedAlike(code)) {
            // A device redeems its code by its own grant (RFC 8628 §3.4), which may be disabled by now.
            return Future.failedFuture(invalidCode(request));
        }
        return redemption.redeem(CredentialDigest.of(code), client, request, invalidCode(request), found -> {
            checkRedirectUri(found, request);
            Pkce.verify(found.challenge(), request, client);
        });
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
