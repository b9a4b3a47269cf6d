package io.gatehouse.issuer;

import io.gatehouse.issuer.grant.FailedSecrets;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;

/**
 * Limits the requests of public clients that store something: for each client and network within a minute.
 *
 * <p><i>Why</i>: anyone can name a public client, so its quota of stored requests would be anyone's to use up.
 */
final class PublicClientLimit {
    /** A tenth of a quota's 10,000 in the 600 seconds that a stored request lives. */
    static final int PER_MINUTE = 100;

    private final FailedSecrets counts;

    PublicClientLimit(FailedSecrets counts) {
        this.counts = counts;
    }

    /**
     * Counts a request of a client; those of a confidential client, which has authenticated, are not limited here.
     *
     * @throws OAuth2Exception {@code slow_down}
     */
    void count(Client client, IssuerRequest request) {
        if (client.isConfidential()) {
            return;
        }
        FailedSecrets.Attempts attempts = counts.ofPublicClient(
                PER_MINUTE, client.clientId(), request.message().clientAddress());
        if (attempts.isOver()) {
            throw OAuth2Error.SLOW_DOWN.because("Too many requests of this client");
        }
        attempts.fail();
    }
}
