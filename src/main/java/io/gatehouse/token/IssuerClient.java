package io.gatehouse.token;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FactsReply;
import io.gatehouse.bus.LookupFacts;
import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.oauth.Facts;
import io.gatehouse.oauth.TokenDigest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import java.util.Optional;

/**
 * The way to a token-issuer: the one in this process if there is one, else any in the cluster.
 *
 * <p>Fails with {@link IssuerUnavailable} when none answers, or none can.
 */
public final class IssuerClient {
    private final Vertx vertx;
    private final DeliveryOptions options;

    public IssuerClient(Vertx vertx, boolean issuerIsLocal) {
        this.vertx = vertx;
        this.options = new DeliveryOptions()
                .setSendTimeout(Addresses.ISSUER_TIMEOUT_MILLIS)
                .setLocalOnly(issuerIsLocal);
    }

    /** Asks for a token, or what else the plugin's endpoints give. */
    public Future<OAuth2Reply> send(OAuth2Request request) {
        return this.<OAuth2Reply>ask(Addresses.OAUTH2, request);
    }

    /** Asks what PostgreSQL knows of a token, a key, a consumer's groups. */
    public <F extends Facts> Future<Optional<F>> lookup(Class<F> kind, TokenDigest digest) {
        return this.<FactsReply>ask(Addresses.LOOKUP_FACTS, new LookupFacts(Facts.Kind.of(kind), digest))
                .map(reply -> Optional.ofNullable(reply.facts()).map(kind::cast));
    }

    private <T> Future<T> ask(String address, Record message) {
        return vertx.eventBus()
                .<T>request(address, message, options)
                .map(Message::body)
                .recover(failure -> Future.failedFuture(
                        failure instanceof ReplyException ? new IssuerUnavailable(failure.getMessage()) : failure));
    }
}
