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
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
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

    public IssuerClient(Vertx vertx, NodeDirectory directory) {
        this.vertx = vertx;
        this.directory = directory;
        this.issuerIsLocal = directory.issuers().contains(directory.nodeId());
    }

    /** Asks for a token, or what else the plugin's endpoints give. */
    public Future<OAuth2Reply> send(OAuth2Request request) {
        Question question = new Question(Addresses::oauth2, request, Addresses.ISSUER_TIMEOUT_MILLIS);
        return patiently(() -> this.<OAuth2Reply>askAny(question, issuers(), anyTurn(), 1));
    }

    /** Asks what PostgreSQL knows of a token, a key, a consumer's groups. */
    Future<FactsReply> lookup(Class<? extends Facts> kind, TokenDigest digest) {
        Question question = new Question(
                Addresses::lookupFacts, new LookupFacts(Facts.Kind.of(kind), digest), Addresses.LOOKUP_TIMEOUT_MILLIS);
        return patiently(() -> this.<FactsReply>askAny(question, issuers(), anyTurn(), LOOKUP_ATTEMPTS));
    }

    private record Question(Function<String, String> address, Record message, long timeoutMillis) {}

    /**
     * Told by who is a member now. What the event bus knows of who listens to an address that issuers share names those that
     * died for seconds after their successors have come, where all of them died at once.
     */
    private List<String> issuers() {
        return issuerIsLocal ? List.of(directory.nodeId()) : directory.issuers();
    }

    private static int anyTurn() {
        return ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    }

    /**
     * One that does not listen, since it starts or stops, says so at once, and does not count: the next one is asked. So is it
     * after one that has not answered, as often as a question may be asked: one without effects several times, any other once.
     */
    private <T> Future<T> askAny(Question question, List<String> issuers, int next, int attempts) {
        if (issuers.isEmpty()) {
            return Future.failedFuture(
                    new ReplyException(ReplyFailure.NO_HANDLERS, "no token-issuer is in the cluster"));
        }
        String issuer = issuers.get(next % issuers.size());
        DeliveryOptions options =
                new DeliveryOptions().setSendTimeout(question.timeoutMillis()).setLocalOnly(issuerIsLocal);
        return vertx.eventBus()
                .<T>request(question.address().apply(issuer), question.message(), options)
                .map(Message::body)
                .recover(failure -> {
                    if (failure instanceof ReplyException reply) {
                        if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
                            return askAny(question, without(issuer, issuers), next, attempts);
                        }
                        if (reply.failureType() == ReplyFailure.TIMEOUT && attempts > 1) {
                            return askAny(question, issuers, (next + 1) % issuers.size(), attempts - 1);
                        }
                    }
                    return Future.failedFuture(failure);
                });
    }

    private static List<String> without(String issuer, List<String> issuers) {
        return issuers.stream().filter(other -> !other.equals(issuer)).toList();
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
