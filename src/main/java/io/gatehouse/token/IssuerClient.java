package io.gatehouse.token;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FactsReply;
import io.gatehouse.bus.LookupFacts;
import io.gatehouse.bus.NodeDirectory;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The way to a token-issuer: the one in this process if there is one, else any in the cluster.
 *
 * <p>Fails with {@link IssuerUnavailable} when none answers, or none can.
 */
public final class IssuerClient {
    /** A node that died a moment ago is still asked now and then. */
    private static final int LOOKUP_ATTEMPTS = 3;

    private final Vertx vertx;
    private final NodeDirectory directory;
    private final boolean issuerIsLocal;
    private final AtomicInteger turn = new AtomicInteger();

    public IssuerClient(Vertx vertx, NodeDirectory directory) {
        this.vertx = vertx;
        this.directory = directory;
        this.issuerIsLocal = directory.issuers().contains(directory.nodeId());
    }

    /** Asks for a token, or what else the plugin's endpoints give. */
    public Future<OAuth2Reply> send(OAuth2Request request) {
        return this.<OAuth2Reply>ask(Addresses.OAUTH2, request, Addresses.ISSUER_TIMEOUT_MILLIS)
                .recover(IssuerClient::unavailable);
    }

    /** Asks what PostgreSQL knows of a token, a key, a consumer's groups. */
    public <F extends Facts> Future<Optional<F>> lookup(Class<F> kind, TokenDigest digest) {
        List<String> issuers = issuerIsLocal ? List.of(directory.nodeId()) : directory.issuers();
        if (issuers.isEmpty()) {
            return Future.failedFuture(new IssuerUnavailable("no token-issuer is in the cluster"));
        }
        return lookup(new LookupFacts(Facts.Kind.of(kind), digest), issuers, turn.getAndIncrement(), LOOKUP_ATTEMPTS)
                .map(reply -> Optional.ofNullable(reply.facts()).map(kind::cast))
                .recover(IssuerClient::unavailable);
    }

    /**
     * A question without effects may be asked again, as long as nobody answered it: the next issuer, which is another if there
     * are several. One that does not listen yet says so at once, and does not count.
     */
    private Future<FactsReply> lookup(LookupFacts question, List<String> issuers, int next, int attempts) {
        String issuer = issuers.get(Math.floorMod(next, issuers.size()));
        return this.<FactsReply>ask(Addresses.lookupFacts(issuer), question, Addresses.LOOKUP_TIMEOUT_MILLIS)
                .recover(failure -> {
                    if (failure instanceof ReplyException reply) {
                        if (reply.failureType() == ReplyFailure.NO_HANDLERS && issuers.size() > 1) {
                            return lookup(question, without(issuer, issuers), next, attempts);
                        }
                        if (reply.failureType() == ReplyFailure.TIMEOUT && attempts > 1) {
                            return lookup(question, issuers, next + 1, attempts - 1);
                        }
                    }
                    return Future.failedFuture(failure);
                });
    }

    private static List<String> without(String issuer, List<String> issuers) {
        return issuers.stream().filter(other -> !other.equals(issuer)).toList();
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
