package io.gatehouse.issuer.grant;

import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.changes.Revocations;
import io.gatehouse.oauth.Client;
import io.gatehouse.store.GrantStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revokes every token of a grant when its code or refresh token is presented again. Of the two presenters one is not the client,
 * and the issuer cannot distinguish them (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
 */
public final class ReplayRevocation {
    private static final Logger LOG = LoggerFactory.getLogger(ReplayRevocation.class);

    private final GrantStore grants;
    private final ChangeBroadcast changes;
    private final MeterRegistry metrics;

    public ReplayRevocation(GrantStore grants, ChangeBroadcast changes, MeterRegistry metrics) {
        this.grants = grants;
        this.changes = changes;
        this.metrics = metrics;
    }

    /**
     * Completes when every node has invalidated the tokens. A grant that has ended before is neither logged nor counted: a client may
     * present its old token again and again.
     */
    Future<Void> revoke(UUID familyId, Client client, String reason) {
        return grants.revokeFamily(familyId).compose(tokens -> {
            if (tokens.isEmpty()) {
                LOG.debug("{} of client {}: its grant {} has ended before", reason, client.clientId(), familyId);
                return Future.succeededFuture();
            }
            LOG.warn(
                    "{} of client {}: its grant {} is revoked with {} tokens",
                    reason,
                    client.clientId(),
                    familyId,
                    tokens.size());
            Counter.builder("gatehouse.token.families.revoked")
                    .description("Grants whose tokens were revoked because a code or refresh token was replayed")
                    .tag("reason", reason)
                    .register(metrics)
                    .increment();
            Revocations.counter(metrics, "misuse").increment(tokens.size());
            return changes.invalidate(tokens).mapEmpty();
        });
    }
}
