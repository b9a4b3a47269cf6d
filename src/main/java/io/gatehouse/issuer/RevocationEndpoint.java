package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.issuer.grant.GrantRequest;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.store.GrantStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.Map;

/**
 * {@code …/oauth2/revoke} (RFC 7009): a client gives up a token of its own, and with it the other half of the pair. Done
 * everywhere when the answer comes; a token that is nobody's, or somebody else's, is answered the same (§2.2).
 */
final class RevocationEndpoint {
    private static final int OK = 200;

    private final ClientAuthenticator clients;
    private final GrantStore grants;
    private final ChangeBroadcast changes;
    private final Counter revocations;

    RevocationEndpoint(ClientAuthenticator clients, GrantStore grants, ChangeBroadcast changes, MeterRegistry metrics) {
        this.clients = clients;
        this.grants = grants;
        this.changes = changes;
        this.revocations = metrics.counter("gatehouse.revocations", "by", "client");
    }

    Future<OAuth2Reply> handle(OAuth2Config config, OAuth2Request request) {
        return clients.authenticate(config, request, false).compose(client -> {
            String token = GrantRequest.of(config, request).text("token");
            if (token == null) {
                return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Missing token parameter"));
            }
            return grants.revoke(CredentialDigest.of(token), client.credentialId())
                    .compose(revoked -> {
                        revocations.increment(revoked.size());
                        return changes.invalidate(revoked);
                    })
                    .map(forgotten -> new OAuth2Reply(OK, Map.of(), Map.of()));
        });
    }
}
