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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The way to a token-issuer: the one in this process if there is one, else any in the cluster.
 *
 * <p>Fails with {@link IssuerUnavailable} when none answers, or none can.
 */
public final class IssuerClient {
    /** A node that died a moment ago is still asked now and then. */
    private static final int LOOKUP_ATTEMPTS = 3;
    /**
     * While two halves of a cluster become one, a node of the smaller sees nobody for a moment; while issuers restart, there
     * may be none. What has reached nobody is sent again within this; after it, nobody is coming.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final long PAUSE_MILLIS = 50;

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
        return patiently(() -> this.<OAuth2Reply>ask(Addresses.OAUTH2, request, Addresses.ISSUER_TIMEOUT_MILLIS));
    }

    /** Asks what PostgreSQL knows of a token, a key, a consumer's groups. */
    public <F extends Facts> Future<Optional<F>> lookup(Class<F> kind, TokenDigest digest) {
        LookupFacts question = new LookupFacts(Facts.Kind.of(kind), digest);
        return patiently(() -> lookup(question, issuers(), turn.getAndIncrement(), LOOKUP_ATTEMPTS))
                .map(reply -> Optional.ofNullable(reply.facts()).map(kind::cast));
    }

    private List<String> issuers() {
        return issuerIsLocal ? List.of(directory.nodeId()) : directory.issuers();
    }

    /**
     * A question without effects may be asked again, as long as nobody answered it: the next issuer, which is another if there
     * are several. One that does not listen yet says so at once, and does not count.
     */
    private Future<FactsReply> lookup(LookupFacts question, List<String> issuers, int next, int attempts) {
        if (issuers.isEmpty()) {
            return Future.failedFuture(
                    new ReplyException(ReplyFailure.NO_HANDLERS, "no token-issuer is in the cluster"));
        }
        String issuer = issuers.get(Math.floorMod(next, issuers.size()));
        return this.<FactsReply>ask(Addresses.lookupFacts(issuer), question, Addresses.LOOKUP_TIMEOUT_MILLIS)
                .recover(failure -> {
                    if (failure instanceof ReplyException reply) {
                        if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
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

    /** Sends again what has reached nobody, which is safe for what has effects too. */
    private <T> Future<T> patiently(Supplier<Future<T>> question) {
        return patiently(question, System.nanoTime() + PATIENCE.toNanos());
    }

    private <T> Future<T> patiently(Supplier<Future<T>> question, long end) {
        return question.get().recover(failure -> {
            if (!(failure instanceof ReplyException reply)) {
                return Future.failedFuture(failure);
            }
            if (reply.failureType() != ReplyFailure.NO_HANDLERS || System.nanoTime() - end >= 0) {
                return Future.failedFuture(new IssuerUnavailable(reply.getMessage()));
            }
            return vertx.timer(PAUSE_MILLIS).compose(passed -> patiently(question, end));
        });
    }
}
