package io.gatehouse.changes;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchChanges;
import io.gatehouse.credential.Changes;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What changed as PostgreSQL has it, for this node and for those that cannot ask themselves. It is forgotten in the shared
 * cache as well, for the sake of nodes that have not heard of it; those that have do not depend on that (ADR 13).
 */
public final class DatabaseChanges implements ChangeSource {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseChanges.class);

    /**
     * A host that is gone without a word is one that does not answer. Known before {@link Addresses#CHANGES_TIMEOUT_MILLIS}
     * is over, so that those who ask over the event bus hear that from here rather than nothing.
     */
    private static final long PATIENCE_MILLIS = 1_500;

    /** Every node asks about the same; what was forgotten for one need not be for the next. */
    private static final Duration MARKS_AGE = Duration.ofSeconds(20);

    private static final int MAX_MARKS = 100_000;

    private final ChangeStore store;
    private final String nodeId;
    private final String name;
    private final Duration maxStale;
    private final CredentialCache shared;
    private final Cache<CredentialDigest, Boolean> marked = Caffeine.newBuilder()
            .maximumSize(MAX_MARKS)
            .expireAfterWrite(MARKS_AGE)
            .build();

    /**
     * {@code name}: what operators call this node; {@code remembers}: for how long it may believe what it remembers without
     * asking again.
     */
    public DatabaseChanges(ChangeStore store, String nodeId, String name, Duration maxStale, CredentialCache shared) {
        this.store = store;
        this.nodeId = nodeId;
        this.name = name;
        this.maxStale = maxStale;
        this.shared = shared;
    }

    /** Answers the nodes that ask over the event bus. */
    public Future<?> serve(Vertx vertx) {
        return vertx.eventBus()
                .<FetchChanges>consumer(
                        Addresses.ASK_CHANGES,
                        message -> answered(message.body().since(), noted(message.body()))
                                .onComplete(message::reply, failure -> {
                                    LOG.debug("cannot tell a node what changed: {}", failure.getMessage());
                                    message.fail(Addresses.UNAVAILABLE, "database unavailable");
                                }))
                .completion();
    }

    /** Who asks remembers something, and may be out of reach when that changes. */
    private Future<Void> noted(FetchChanges question) {
        String asking = question.nodeId();
        if (asking == null) {
            return Future.succeededFuture();
        }
        return question.maxStaleMillis() == 0
                ? store.leave(asking)
                : store.see(asking, question.name(), false, Duration.ofMillis(question.maxStaleMillis()));
    }

    @Override
    public Future<Void> leave() {
        return store.leave(nodeId).otherwiseEmpty();
    }

    /** Writes first: only a node that can is a witness of what is true. */
    @Override
    public Future<Changes> since(@Nullable String until) {
        return answered(until, store.see(nodeId, name, true, maxStale));
    }

    private Future<Changes> answered(@Nullable String until, Future<Void> seen) {
        return seen.compose(noted -> store.since(until))
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(
                        failure instanceof StoreException.DatabaseUnavailable || failure instanceof TimeoutException
                                ? new TruthUnreachable(String.valueOf(failure.getMessage()))
                                : failure))
                .onSuccess(changes -> {
                    // The first answer is of an hour, and news to the asking node alone.
                    if (until != null) {
                        invalidateShared(changes.invalidated());
                    }
                });
    }

    /** Not waited for: a member that is gone without a word holds on to its part of the cache for ten seconds. */
    private void invalidateShared(List<CredentialDigest> digests) {
        List<CredentialDigest> unmarked = digests.stream()
                .filter(digest -> marked.getIfPresent(digest) == null)
                .toList();
        if (!unmarked.isEmpty()) {
            unmarked.forEach(digest -> marked.put(digest, true));
            shared.invalidate(unmarked).onFailure(failure -> {
                LOG.debug("the shared token cache did not forget {} entries", unmarked.size(), failure);
                marked.invalidateAll(unmarked);
            });
        }
    }
}
