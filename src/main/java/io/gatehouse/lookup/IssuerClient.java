package io.gatehouse.lookup;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.CredentialReply;
import io.gatehouse.bus.LookUpCredentials;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.config.ClusterTimings;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to a token-issuer: to the one in this process if there is one, else to any in the cluster.
 *
 * <p>Fails with {@link IssuerUnavailable} if no issuer responds, or none reaches PostgreSQL.
 */
public final class IssuerClient {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerClient.class);
    /**
     * How long a request that reached no issuer is sent again. During a merge, a node sees no other members for a moment; while
     * the issuers restart, there may be none.
     */
    private static final Duration UNDELIVERED_RETRY = Duration.ofSeconds(1);

    private static final long PAUSE_MILLIS = 50;
    /** Has no effect: no token has this digest. */
    private static final LookUpCredentials NOTHING =
            new LookUpCredentials(CredentialState.Kind.TOKEN, CredentialDigest.of("the connection to an issuer"));

    private final Vertx vertx;
    private final NodeDirectory directory;
    private final boolean issuerIsLocal;
    private final ConcurrentMap<String, Long> suspectedUntil = new ConcurrentHashMap<>();

    public IssuerClient(Vertx vertx, NodeDirectory directory) {
        this.vertx = vertx;
        this.directory = directory;
        this.issuerIsLocal = directory.issuers().contains(directory.nodeId());
    }

    /**
     * Opens the connections to the issuers, so that the first requests of a new proxy do not wait for them. Completes after
     * {@link ClusterTimings#ISSUER_ATTEMPT_TIMEOUT} at the latest, and never fails.
     */
    public Future<Void> connect() {
        if (issuerIsLocal) {
            return Future.succeededFuture();
        }
        DeliveryOptions options =
                new DeliveryOptions().setSendTimeout(ClusterTimings.ISSUER_ATTEMPT_TIMEOUT.toMillis());
        List<Future<Message<Object>>> replies = directory.issuers().stream()
                .map(issuer -> vertx.eventBus()
                        .request(Addresses.lookUpCredentials(issuer), NOTHING, options)
                        .onFailure(
                                failure -> LOG.debug("issuer {} does not reply yet: {}", issuer, failure.getMessage())))
                .toList();
        return Future.join(replies).transform((joined, failure) -> Future.succeededFuture());
    }

    /** Sends a request for an endpoint of the oauth2 plugin. */
    public Future<OAuth2Reply> send(OAuth2Request request) {
        return untilDelivered(() -> {
            List<String> issuers = issuers();
            return send(
                    new Request(Addresses::oauth2, request),
                    issuers,
                    Math.min(attempts(request), issuers.size()),
                    deadline());
        });
    }

    /**
     * How many issuers a request is sent to if they do not reply. Each would register a client of its own, of which the sender knows one;
     * and the second one would not find a registration that the first has deleted.
     */
    private static int attempts(OAuth2Request request) {
        return request.endpoint() == OAuth2Request.Endpoint.REGISTRATION ? 1 : ClusterTimings.SEND_ATTEMPTS;
    }

    /** Looks up the state of a credential in PostgreSQL. */
    Future<CredentialReply> lookup(Class<? extends CredentialState> kind, CredentialDigest digest) {
        Request request =
                new Request(Addresses::lookUpCredentials, new LookUpCredentials(CredentialState.Kind.of(kind), digest));
        return untilDelivered(() -> send(request, issuers(), ClusterTimings.LOOKUP_ATTEMPTS, deadline()));
    }

    private record Request(Function<String, String> address, Record message) {}

    /**
     * The issuers among the members, in random order, those that timed out lately last.
     *
     * <p><i>Why</i>: an address that all issuers share would still lead to crashed ones for seconds after they were replaced.
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

    private static long deadline() {
        return System.nanoTime() + ClusterTimings.ISSUER_TIMEOUT.toNanos();
    }

    /**
     * Sends a request to the first issuer. If it has no handler, because it starts or stops, the next one gets the request,
     * which is no attempt. If it times out, the next one gets the request as the next attempt. The last attempt has the time
     * that is left.
     */
    private <T> Future<T> send(Request request, List<String> issuers, int attempts, long deadline) {
        if (issuers.isEmpty()) {
            return Future.failedFuture(
                    new ReplyException(ReplyFailure.NO_HANDLERS, "no token-issuer is in the cluster"));
        }
        String issuer = issuers.get(0);
        List<String> others = issuers.subList(1, issuers.size());
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
        DeliveryOptions options = new DeliveryOptions()
                .setSendTimeout(attempts > 1 ? Math.min(ClusterTimings.ISSUER_ATTEMPT_TIMEOUT.toMillis(), left) : left)
                .setLocalOnly(issuerIsLocal);
        return vertx.eventBus()
                .<T>request(request.address().apply(issuer), request.message(), options)
                .map(Message::body)
                .onSuccess(reply -> suspectedUntil.remove(issuer))
                .recover(failure -> {
                    if (failure instanceof ReplyException reply) {
                        if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
                            return send(request, others, attempts, deadline);
                        }
                        if (reply.failureType() == ReplyFailure.TIMEOUT) {
                            suspect(issuer);
                            if (attempts > 1) {
                                return send(request, append(others, issuer), attempts - 1, deadline);
                            }
                        }
                    }
                    return Future.failedFuture(failure);
                });
    }

    private static List<String> append(List<String> others, String issuer) {
        return Stream.concat(others.stream(), Stream.of(issuer)).toList();
    }

    /** Keeps members only, so that the map is bounded. */
    private void suspect(String issuer) {
        suspectedUntil.keySet().retainAll(directory.issuers());
        suspectedUntil.put(issuer, System.nanoTime() + ClusterTimings.ISSUER_SUSPECTED.toNanos());
    }

    /** Sends a request again if it reached no issuer. That is also safe for requests that write. */
    private <T> Future<T> untilDelivered(Supplier<Future<T>> attempt) {
        return untilDelivered(attempt, System.nanoTime() + UNDELIVERED_RETRY.toNanos());
    }

    private <T> Future<T> untilDelivered(Supplier<Future<T>> attempt, long end) {
        return attempt.get().recover(failure -> {
            if (!(failure instanceof ReplyException reply)) {
                return Future.failedFuture(failure);
            }
            if (reply.failureType() != ReplyFailure.NO_HANDLERS || System.nanoTime() - end >= 0) {
                return Future.failedFuture(new IssuerUnavailable(reply.getMessage()));
            }
            return vertx.timer(PAUSE_MILLIS).compose(passed -> untilDelivered(attempt, end));
        });
    }
}
