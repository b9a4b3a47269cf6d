package io.gatehouse.plugin.openidconnect;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.openidconnect.provider.Accepted;
import io.gatehouse.plugin.openidconnect.provider.AcceptedCredentials;
import io.gatehouse.plugin.openidconnect.provider.CacheTimes;
import io.gatehouse.plugin.openidconnect.provider.FailedCredentials;
import io.gatehouse.plugin.openidconnect.provider.InFlight;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;

/**
 * Checks Basic credentials at the token endpoint of the provider: the methods {@code password} and {@code client_credentials}. Tokens are
 * cached under a code of the credential.
 *
 * <p><i>Invariant</i>: wrong credentials are bounded for each username and network. The provider sees the gateway's address only.
 */
final class BasicMethods {
    private final CredentialGrants grants;
    private final String owner;
    private final String pluginId;
    private final AcceptedCredentials accepted;
    private final FailedCredentials failed;
    private final CacheTimes times;
    private final int limit;
    private final InFlight inFlight = new InFlight();
    private final ProxyException tooMany = ProxyError.UNAUTHORIZED
            .withMessage("Too many wrong credentials")
            .withStatus(429)
            .with("Retry-After", "1");

    /** {@code owner} names the configuration, for which alone a result is valid. */
    BasicMethods(
            CredentialGrants grants,
            String owner,
            String pluginId,
            AcceptedCredentials accepted,
            FailedCredentials failed,
            Document config) {
        this.grants = grants;
        this.owner = owner;
        this.pluginId = pluginId;
        this.accepted = accepted;
        this.failed = failed;
        this.times = CacheTimes.of(config, "cache_tokens");
        this.limit = (int) config.integer("failed_credentials_per_minute");
    }

    boolean isEnabled() {
        return grants.isEnabled();
    }

    /**
     * Checks the credential of a header. Fails with {@link InvalidToken}, with a {@link ProxyException} of the status 429 after too many
     * wrong ones, or with another failure if it cannot be checked now.
     */
    Future<Authenticated> check(Exchange exchange, String header) {
        BasicCredential credential = BasicCredential.of(header);
        if (credential == null) {
            return Future.failedFuture(new InvalidToken("malformed Basic credential"));
        }
        CredentialDigest key = accepted.key(owner, credential.name(), credential.secret());
        String address = exchange.clientAddress();
        String requestId = exchange.requestId();
        return accepted.find(key, times, () -> ask(credential, address, requestId))
                .map(Authenticated::ofBasic);
    }

    private Future<Accepted> ask(BasicCredential credential, String address, String requestId) {
        FailedCredentials.Attempt attempt = failed.attempt(limit, pluginId, credential.name(), address);
        if (!attempt.begin()) {
            return Future.failedFuture(tooMany);
        }
        return inFlight.send(address, () -> grants.grant(credential, requestId))
                .onComplete((granted, failure) -> attempt.end(failure instanceof InvalidToken));
    }
}
