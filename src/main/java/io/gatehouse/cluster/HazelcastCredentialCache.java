package io.gatehouse.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.map.IMap;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.SharedCredentialState;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.CredentialCache;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token cache in a Hazelcast map. Only asynchronous calls, since none may wait on an event loop, and none for longer
 * than PostgreSQL would take to answer: a member that has stopped holds on to its part for ten seconds.
 */
final class HazelcastCredentialCache implements CredentialCache {
    private static final Logger LOG = LoggerFactory.getLogger(HazelcastCredentialCache.class);
    /** Longer than any read of the database may take, so that what it brings is older than the mark. */
    private static final long TOMBSTONE_SECONDS = 60;
    /** Hazelcast's word for an entry that only eviction removes. */
    private static final long NEVER = 0;

    private static final long PATIENCE_MILLIS = 500;

    private final Vertx vertx;
    private final IMap<byte[], SharedEntry> entries;
    /** Merges with another half that are under way: whatever that half remembers is no good here. */
    private final AtomicInteger merging = new AtomicInteger();

    HazelcastCredentialCache(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.entries = hazelcast.getMap(HazelcastSettings.TOKENS);
        hazelcast.getLifecycleService().addLifecycleListener(event -> onLifecycle(event.getState()));
    }

    /** The other half may have missed what this one forgot, and has the word: its entries are the map's now. */
    private void onLifecycle(LifecycleEvent.LifecycleState state) {
        switch (state) {
            case MERGING -> merging.incrementAndGet();
            case MERGED, MERGE_FAILED ->
                invalidateAll().onComplete((forgotten, failure) -> {
                    if (failure != null) {
                        LOG.warn("the shared token cache was not emptied after a merge", failure);
                    }
                    merging.updateAndGet(count -> Math.max(0, count - 1));
                });
            default -> {
                // Starting and stopping are the node's own doing.
            }
        }
    }

    @Override
    public Future<Optional<CachedCredential>> get(CredentialDigest digest) {
        if (merging.get() > 0) {
            return Future.succeededFuture(Optional.empty());
        }
        return onContext(entries.getAsync(digest.toBytes()))
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .map(found -> found == null || found.state() == null || merging.get() > 0
                        ? Optional.empty()
                        : Optional.of(new CachedCredential(found.state(), found.asOf())));
    }

    @Override
    public Future<Void> put(CredentialDigest digest, CachedCredential cached) {
        SharedEntry entry = new SharedEntry(cached.state(), cached.asOf());
        long life = secondsLeft(cached.state());
        return life < 0
                ? Future.succeededFuture()
                : this.<Boolean>onContext(entries.submitToKey(digest.toBytes(), new PutCredential(entry, life)))
                        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                        .mapEmpty();
    }

    @Override
    public Future<Void> invalidate(List<CredentialDigest> digests) {
        return Future.all(digests.stream()
                        .map(digest -> this.<Void>onContext(entries.setAsync(
                                digest.toBytes(), SharedEntry.TOMBSTONE, TOMBSTONE_SECONDS, TimeUnit.SECONDS)))
                        .toList())
                .mapEmpty();
    }

    /** What was forgotten a moment ago stays so. */
    private Future<Void> invalidateAll() {
        return vertx.executeBlocking(
                () -> {
                    entries.removeAll(new CredentialPredicate());
                    return null;
                },
                false);
    }

    /** Seconds until the facts end, at least one; negative when they have. */
    private static long secondsLeft(SharedCredentialState facts) {
        if (facts.endsAt() == 0) {
            return NEVER;
        }
        long left = facts.endsAt() - System.currentTimeMillis() / 1000;
        return left < 0 ? -1 : left + 1;
    }

    private <T> Future<T> onContext(CompletionStage<T> stage) {
        return Future.fromCompletionStage(stage, vertx.getOrCreateContext());
    }
}
