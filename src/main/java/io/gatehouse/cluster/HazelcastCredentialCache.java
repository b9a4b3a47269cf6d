package io.gatehouse.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.map.IMap;
import com.hazelcast.map.impl.proxy.MapProxyImpl;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.SharedCredentialState;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the shared cache in a Hazelcast map.
 *
 * <p><i>Threading</i>: safe from every event loop. All calls are asynchronous. A crashed member keeps its partitions until the
 * cluster removes it: reads time out before PostgreSQL would, and puts may wait for longer than a tombstone lasts, so a node
 * checks what it reads (ADR 13).
 */
final class HazelcastCredentialCache implements CredentialCache {
    private static final Logger LOG = LoggerFactory.getLogger(HazelcastCredentialCache.class);
    /** Hazelcast's value for an entry that only eviction removes. */
    private static final long NEVER = 0;

    /** While a crashed member keeps its partitions, puts to them wait. Beyond this many, states are not cached. */
    static final int MAX_PENDING_PUTS = 10_000;

    private static final long TIMEOUT_MILLIS = ClusterTimings.SHARED_CACHE_TIMEOUT.toMillis();

    private final Vertx vertx;
    private final MapProxyImpl<byte[], SharedEntry> entries;
    /** Merges in progress. The entries of the other partition are not usable here. */
    private final AtomicInteger merging = new AtomicInteger();

    private final AtomicInteger pendingPuts = new AtomicInteger();
    /** Whether puts were left out since the last one ended. */
    private final AtomicBoolean full = new AtomicBoolean();

    HazelcastCredentialCache(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        IMap<byte[], SharedEntry> map = hazelcast.getMap(HazelcastSettings.CREDENTIALS_MAP);
        this.entries = (MapProxyImpl<byte[], SharedEntry>) map;
        hazelcast.getLifecycleService().addLifecycleListener(event -> onLifecycle(event.getState()));
    }

    /** Empties the map after a merge: it has the other partition's entries, which may have missed invalidations of this one. */
    private void onLifecycle(LifecycleEvent.LifecycleState state) {
        switch (state) {
            case MERGING -> merging.incrementAndGet();
            case MERGED, MERGE_FAILED ->
                removeAll().onComplete((removed, failure) -> {
                    if (failure != null) {
                        LOG.warn("The shared cache was not emptied after a merge", failure);
                    }
                    merging.updateAndGet(count -> Math.max(0, count - 1));
                });
            default -> {
                // A start or stop does not change the entries.
            }
        }
    }

    @Override
    public Future<Optional<CachedCredential>> get(CredentialDigest digest) {
        if (merging.get() > 0) {
            return Future.succeededFuture(Optional.empty());
        }
        return onContext(entries.getAsync(digest.toBytes()))
                .timeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .map(found -> found == null || found.state() == null || merging.get() > 0
                        ? Optional.empty()
                        : Optional.of(new CachedCredential(found.state(), found.asOf())));
    }

    @Override
    public void put(CredentialDigest digest, CachedCredential cached) {
        long life = secondsLeft(cached.state());
        if (life < 0) {
            return;
        }
        if (pendingPuts.get() >= MAX_PENDING_PUTS) {
            if (!full.getAndSet(true)) {
                LOG.warn(
                        "No further states are put into the shared cache: {} of them wait for a member",
                        MAX_PENDING_PUTS);
            }
            return;
        }
        PutCredential put = new PutCredential(new SharedEntry(cached.state(), cached.asOf()), life);
        pendingPuts.incrementAndGet();
        try {
            // Ends on Hazelcast's thread. submitToKey returns a future that ends on the common pool, by a task for each
            // token.
            CompletionStage<?> submitted = entries.executeOnKeyInternal(digest.toBytes(), put);
            submitted.handleAsync(this::ended, Runnable::run);
        } catch (HazelcastInstanceNotActiveException e) {
            ended(null, e);
        } catch (RuntimeException e) {
            ended(null, e);
            LOG.warn("The state of a credential cannot be shared", e);
        }
    }

    private @Nullable Void ended(@Nullable Object isPut, @Nullable Throwable failure) {
        if (pendingPuts.decrementAndGet() == 0) {
            full.set(false);
        }
        if (failure != null && LOG.isDebugEnabled()) {
            LOG.debug("The state of a credential was not shared: {}", LogText.of(failure));
        }
        return null;
    }

    @Override
    public Future<Void> invalidate(List<CredentialDigest> digests) {
        return Future.all(digests.stream()
                        .map(digest -> this.<Void>onContext(entries.setAsync(
                                digest.toBytes(),
                                SharedEntry.TOMBSTONE,
                                ClusterTimings.TOMBSTONE.toSeconds(),
                                TimeUnit.SECONDS)))
                        .toList())
                .mapEmpty();
    }

    /** Removes every entry but the tombstones. */
    private Future<Void> removeAll() {
        return vertx.executeBlocking(
                () -> {
                    entries.removeAll(new CredentialPredicate());
                    return null;
                },
                false);
    }

    /** Seconds until the credential expires, at least one; negative if it has expired. */
    private static long secondsLeft(SharedCredentialState state) {
        if (state.endsAt() == 0) {
            return NEVER;
        }
        long left = state.endsAt() - System.currentTimeMillis() / 1000;
        return left < 0 ? -1 : left + 1;
    }

    private <T> Future<T> onContext(CompletionStage<T> stage) {
        return Future.fromCompletionStage(stage, vertx.getOrCreateContext());
    }
}
