package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;

/** Checks the provision key, which authenticates the login backend, and limits guesses of it (RFC 6749 §10.10). */
public final class ProvisionKeys {
    private final FailedSecrets failed;

    public ProvisionKeys(FailedSecrets failed) {
        this.failed = failed;
    }

    /**
     * Requires the plugin's provision key.
     *
     * @throws OAuth2Exception {@code invalid_provision_key}, or {@code slow_down} after too many wrong keys
     */
    public void require(IssuerRequest request) {
        String provisionKey = request.text("provision_key");
        if (provisionKey == null) {
            throw invalid();
        }
        OAuth2Config config = request.config();
        FailedSecrets.Attempts attempts = failed.ofPlugin(
                config.failedSecretsPerMinute(),
                config.pluginId(),
                request.message().clientAddress());
        if (!attempts.begin()) {
            throw OAuth2Error.SLOW_DOWN.because("Too many wrong provision keys");
        }
        boolean isRight = HashedSecret.equal(provisionKey, config.provisionKey());
        attempts.end(isRight);
        if (!isRight) {
            throw invalid();
        }
    }

    private static OAuth2Exception invalid() {
        return OAuth2Error.INVALID_PROVISION_KEY.because("Invalid provision_key");
    }
}
