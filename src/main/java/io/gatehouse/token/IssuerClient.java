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
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Optional;

/**
 * The way to a token-issuer: the one in this process if there is one, else any in the cluster.
 *
 * <p>Fails with {@link IssuerUnavailable} when none answers, or none can.
 */
public final class IssuerClient {
    /** A node that died a moment ago is still asked now and then; the next one in turn is another. */
    private static final int LOOKUP_ATTEMPTS = 3;

    private final Vertx vertx;
    private final boolean issuerIsLocal;

    public IssuerClient(Vertx vertx, boolean issuerIsLocal) {
        this.vertx = vertx;
        this.issuerIsLocal = issuerIsLocal;
    }

    /** Asks for a token, or what else the plugin's endpoints give. */
    public Future<OAuth2Reply> send(OAuth2Request request) {
        return this.<OAuth2Reply>ask(Addresses.OAUTH2, request, Addresses.ISSUER_TIMEOUT_MILLIS)
                .recover(IssuerClient::unavailable);
    }

    /** Asks what PostgreSQL knows of a token, a key, a consumer's groups. */
    public <F extends Facts> Future<Optional<F>> lookup(Class<F> kind, TokenDigest digest) {
        return lookup(new LookupFacts(Facts.Kind.of(kind), digest), LOOKUP_ATTEMPTS)
                .map(reply -> Optional.ofNullable(reply.facts()).map(kind::cast))
                .recover(IssuerClient::unavailable);
    }

    /** A question without effects may be asked again, as long as nobody answered it. */
    private Future<FactsReply> lookup(LookupFacts question, int attempts) {
        return this.<FactsReply>ask(Addresses.LOOKUP_FACTS, question, Addresses.LOOKUP_TIMEOUT_MILLIS)
                .recover(failure -> attempts > 1 && isUnanswered(failure)
                        ? lookup(question, attempts - 1)
                        : Future.failedFuture(failure));
    }

    private static boolean isUnanswered(Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureType() != ReplyFailure.RECIPIENT_FAILURE;
    }

    private <T> Future<T> ask(String address, Record message, long timeoutMillis) {
        DeliveryOptions options =
                new DeliveryOptions().setSendTimeout(timeoutMillis).setLocalOnly(issuerIsLocal);
        return vertx.eventBus().<T>request(address, message, options).map(Message::body);
    }

    private static <T> Future<T> unavailable(Throwable failure) {
        return Future.failedFuture(
                failure instanceof ReplyException ? new IssuerUnavailable(failure.getMessage()) : failure);
    }
}
