package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.DeviceCodeStore;
import io.vertx.core.Future;

/** Redeems the code of a device, once a resource owner has approved it (RFC 8628 §3.4, §3.5). */
public final class DeviceCodeGrant implements Grant {
    public static final String TYPE = "urn:ietf:params:oauth:grant-type:device_code";

    private static final String PREFIX = "device ";

    private final DeviceCodeStore codes;
    private final CodeRedemption redemption;

    public DeviceCodeGrant(DeviceCodeStore codes, CodeRedemption redemption) {
        this.codes = codes;
        this.redemption = redemption;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public boolean isEnabled(OAuth2Config config) {
        return config.deviceAuthorization();
    }

    @Override
    public boolean needsRedirectUris(OAuth2Config config) {
        return false;
    }

    /** The digest of a device code, which is that of no code for {@link AuthorizationCodeGrant}. */
    public static CredentialDigest digest(String deviceCode) {
        return CredentialDigest.of(PREFIX + deviceCode);
    }

    /** Whether the digest of an authorization code would be that of a device code. */
    static boolean isDigestedAlike(String code) {
        return code.startsWith(PREFIX);
    }

    @Override
    public Future<FreshToken> grant(Client client, IssuerRequest request) {
        String code = request.text("device_code");
        if (code == null) {
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Missing device_code parameter"));
        }
        CredentialDigest digest = digest(code);
        OAuth2Exception invalid = OAuth2Error.INVALID_GRANT.because("Invalid device_code");
        return codes.poll(digest, client.credentialId(), request.config().pluginId())
                .compose(poll -> switch (poll) {
                    case APPROVED -> redemption.redeem(digest, client, request, invalid, found -> {});
                    case PENDING ->
                        Future.failedFuture(
                                OAuth2Error.AUTHORIZATION_PENDING.because("The resource owner has not decided yet"));
                    case TOO_EARLY ->
                        Future.failedFuture(
                                OAuth2Error.POLLED_TOO_EARLY.because("The interval is 5 seconds longer from now on"));
                    case DENIED ->
                        Future.failedFuture(
                                OAuth2Error.ACCESS_DENIED.because("The resource owner has denied the request"));
                    case EXPIRED ->
                        Future.failedFuture(OAuth2Error.EXPIRED_TOKEN.because("The device_code has expired"));
                    case UNKNOWN -> Future.failedFuture(invalid);
                });
    }
}
