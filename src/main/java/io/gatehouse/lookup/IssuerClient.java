package io.gatehouse.lookup;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.CredentialReply;
import io.gatehouse.bus.LookUpCredentials;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.CredentialState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The way to a token-issuer: the one in this process if there is one, else any in the cluster.
 *
 * <p>Fails with {@link IssuerUnavailable} when none answers, or none can.
 */
public final class IssuerClient {
    /** A node that died a moment ago is still asked now and then. */
    private static final int LOOKUP_ATTEMPTS = 3;
    /** What a client is to get costs PostgreSQL twice at most. */
    private static final int SEND_ATTEMPTS = 2;
    /** A member that has vanished stays in the list for so long. */
    private static final Duration SUSPICION = Duration.ofSeconds(10);
    /**
     * While two halves of a cluster become one, a node of the smaller sees nobody for a moment; while issuers restart, there
     * may be none. What has reached nobody is sent again within this; after it, nobody is coming.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final long PAUSE_MILLIS = 50;

    private final Vertx vertx;
    private final NodeDirectory directory;
    private final boolean issuerIsLocal;
    private final ConcurrentMap<String, Long> suspectedUntil = new ConcurrentHashMap<>();

    public IssuerClient(Vertx vertx, NodeDirectory directory) {
        this.vertx = vertx;
        this.directory = directory;
        this.issuerIsLocal = directory.issuers().contains(directory.nodeId());
    }

    /** Asks for a token, or what else the plugin's endpoints give. */
    public Future<OAuth2Reply> send(OAuth2Request request) {
        return patiently(() -> {
            List<String> issuers = issuers();
            return ask(
                    new Question(Addresses::oauth2, request), issuers, Math.min(SEND_ATTEMPTS, issuers.size()), end());
        });
    }

    /** Asks what PostgreSQL knows of a token, a key, a consumer's groups. */
    Future<CredentialReply> lookup(Class<? extends CredentialState> kind, CredentialDigest digest) {
        Question question = new Question(
                Addresses::lookUpCredentials, new LookUpCredentials(CredentialState.Kind.of(kind), digest));
        return patiently(() -> ask(question, issuers(), LOOKUP_ATTEMPTS, end()));
    }

    private record Question(Function<String, String> address, Record message) {}

    /**
     * Told by who is a member now, those that timed out lately last. What the event bus knows of who listens to an address
     * that issuers share names those that died for seconds after their successors have come, where all of them died at once.
     */
    private List<String> issuers() {
        if (issuerIsLocal) {
            return List.of(directory.nodeId());
        }
        List<String> issuers = new ArrayList<>(directory.issuers());
        Collections.shuffle(issuers, ThreadLocalRandom.current());
        long now = System.nanoTime();
        issuers.sort(Comparator.comparing(issuer -> now - suspectedUntil.getOrDefault(issuer, now) < 0));
        return issuers;
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Addresses.ISSUER_TIMEOUT_MILLIS);
    }

    /**
     * One that does not listen, since it starts or stops, says so at once, and does not count: the next one is asked. So is it
     * after one that has not replied in time, as often as there are attempts; the last one has the time that is left.
     */
    private <T> Future<T> ask(Question question, List<String> issuers, int attempts, long end) {
        if (issuers.isEmpty()) {
            return Future.failedFuture(
                    new ReplyException(ReplyFailure.NO_HANDLERS, "no token-issuer is in the cluster"));
        }
        String issuer = issuers.get(0);
        List<String> others = issuers.subList(1, issuers.size());
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
        DeliveryOptions options = new DeliveryOptions()
                .setSendTimeout(attempts > 1 ? Math.min(Addresses.ISSUER_ATTEMPT_MILLIS, left) : left)
                .setLocalOnly(issuerIsLocal);
        return vertx.eventBus()
                .<T>request(question.address().apply(issuer), question.message(), options)
                .map(Message::body)
                .onSuccess(reply -> suspectedUntil.remove(issuer))
                .recover(failure -> {
                    if (failure instanceof ReplyException reply) {
                        if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
                            return ask(question, others, attempts, end);
                        }
                        if (reply.failureType() == ReplyFailure.TIMEOUT) {
                            suspect(issuer);
                            if (attempts > 1) {
                                return ask(question, lastIs(issuer, others), attempts - 1, end);
                            }
                        }
                    }
                    return Future.failedFuture(failure);
                });
    }

    private static List<String> lastIs(String issuer, List<String> others) {
        return Stream.concat(others.stream(), Stream.of(issuer)).toList();
    }

    /** As many as are members at most. */
    private void suspect(String issuer) {
        suspectedUntil.keySet().retainAll(directory.issuers());
        suspectedUntil.put(issuer, System.nanoTime() + SUSPICION.toNanos());
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
