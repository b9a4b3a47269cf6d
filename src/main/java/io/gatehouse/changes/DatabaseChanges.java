package io.gatehouse.changes;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Done;
import io.gatehouse.bus.FetchChanges;
import io.gatehouse.bus.Leave;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.Changes;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed changes from PostgreSQL, for this node and for the nodes without a database.
 *
 * <p>It also puts a tombstone into the shared cache for each invalidated digest, for the sake of nodes that have not received
 * the invalidation. A node that has received it does not depend on the tombstone (ADR 13).
 */
public final class DatabaseChanges implements ChangeSource {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseChanges.class);

    private static final int MAX_TOMBSTONES = 100_000;

    private final ChangeStore store;
    private final String nodeId;
    private final String name;
    private final Duration maxStale;
    private final CredentialCache shared;
    /** Digests whose tombstone is young enough: every node reads the same invalidations. */
    private final Cache<CredentialDigest, Boolean> tombstones = Caffeine.newBuilder()
            .maximumSize(MAX_TOMBSTONES)
            .expireAfterWrite(ClusterTimings.TOMBSTONE_RENEWAL)
            .build();

    /**
     * Creates a source for one node.
     *
     * @param name the node's name for operators
     * @param maxStale how long the node may trust its cache without another read; zero if it accepts no cached credentials
     */
    public DatabaseChanges(ChangeStore store, String nodeId, String name, Duration maxStale, CredentialCache shared) {
        this.store = store;
        this.nodeId = nodeId;
        this.name = name;
        this.maxStale = maxStale;
        this.shared = shared;
    }

    /** Registers the handlers for nodes without a database. */
    public Future<?> serve(Vertx vertx) {
        Future<Void> changes = vertx.eventBus()
                .<FetchChanges>consumer(Addresses.FETCH_CHANGES, message -> reply(message, fetch(message.body())))
                .completion();
        Future<Void> leave = vertx.eventBus()
                .<Leave>consumer(
                        Addresses.LEAVE,
                        message -> reply(
                                message,
                                store.removeNode(message.body().nodeId()).map(new Done())))
                .completion();
        return Future.all(changes, leave);
    }

    private static void reply(Message<?> request, Future<? extends Record> result) {
        result.onComplete(request::reply, failure -> {
            LOG.debug("Replying that the database is unavailable: {}", failure.getMessage());
            request.fail(Addresses.UNAVAILABLE, "database unavailable");
        });
    }

    /** Records the node first: it caches credentials, and may be unreachable when they change. */
    private Future<Changes> fetch(FetchChanges request) {
        return read(request.since(), store.recordNode(request.nodeId(), request.name(), false, request.maxStale()));
    }

    @Override
    public Future<Void> leave() {
        return store.removeNode(nodeId).otherwiseEmpty();
    }

    /** Writes before it reads: only a server that accepts writes has every change. */
    @Override
    public Future<Changes> since(@Nullable String until) {
        return read(until, store.recordNode(nodeId, name, true, maxStale));
    }

    /** A host that does not respond counts as unreachable, like one that refuses the connection. */
    private Future<Changes> read(@Nullable String until, Future<Void> recorded) {
        return recorded.compose(done -> store.since(until))
                .timeout(ClusterTimings.FEED_READ_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(
                        failure instanceof StoreException.DatabaseUnavailable || failure instanceof TimeoutException
                                ? new DatabaseUnreachable(String.valueOf(failure.getMessage()))
                                : failure))
                .onSuccess(changes -> {
                    // A first read returns the whole log, which is new to the reading node alone.
                    if (until != null) {
                        invalidateShared(changes.invalidated());
                    }
                });
    }

    /** Does not wait for the shared cache: a crashed member keeps its partitions until the cluster removes it. */
    private void invalidateShared(List<CredentialDigest> digests) {
        List<CredentialDigest> without = digests.stream()
                .filter(digest -> tombstones.getIfPresent(digest) == null)
                .toList();
        if (!without.isEmpty()) {
            without.forEach(digest -> tombstones.put(digest, true));
            shared.invalidate(without).onFailure(failure -> {
                LOG.debug("The shared cache did not invalidate {} entries", without.size(), failure);
                tombstones.invalidateAll(without);
            });
        }
    }
}
