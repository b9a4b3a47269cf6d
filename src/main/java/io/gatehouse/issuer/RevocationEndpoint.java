package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.changes.Revocations;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.store.GrantStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.Map;

/**
 * Serves {@code …/oauth2/revoke} (RFC 7009): a client revokes the grant that one of its tokens is of. The response is sent when
 * every live node has invalidated the tokens, or after {@code admin.propagation-timeout}. A token that is unknown or of another
 * client gets the same response (§2.2).
 */
final class RevocationEndpoint {
    private final ClientAuthenticator clients;
    private final GrantStore grants;
    private final ChangeBroadcast changes;
    private final Counter revocations;

    RevocationEndpoint(ClientAuthenticator clients, GrantStore grants, ChangeBroadcast changes, MeterRegistry metrics) {
        this.clients = clients;
        this.grants = grants;
        this.changes = changes;
        this.revocations = Revocations.counter(metrics, "client");
    }

    Future<OAuth2Reply> handle(IssuerRequest request) {
        return clients.authenticate(request).compose(client -> {
            String token = request.text("token");
            if (token == null) {
                return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Missing token parameter"));
            }
            return grants.revoke(CredentialDigest.of(token), client.credentialId())
                    .compose(revoked -> {
                        revocations.increment(revoked.size());
                        return changes.invalidate(revoked);
                    })
                    .map(done -> OAuth2Reply.ok(Map.of()));
        });
    }
}
