package io.gatehouse.changes;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Broadcast;
import io.gatehouse.bus.CatalogChanged;
import io.gatehouse.bus.Done;
import io.gatehouse.bus.InvalidateAllCredentials;
import io.gatehouse.bus.InvalidateCredentials;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.lookup.NodeCaches;
import io.gatehouse.store.InvalidationLog;
import io.gatehouse.store.entity.WriteResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes committed changes to every node: a new version of the configuration, and credentials whose cached state is
 * invalid.
 *
 * <p><i>Invariant</i>: a node that has acknowledged an invalidation never uses an older entry of the shared cache again, even
 * if the shared cache loses the invalidation (ADR 13).
 */
public final class ChangeBroadcast {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeBroadcast.class);
    /** The name of the shared cache among the late nodes. */
    private static final String SHARED_CACHE = "token-cache";
    /** A message with this many digests has about 100 KiB. */
    private static final int BATCH = 1_000;

    private final CredentialCache shared;
    private final Broadcast broadcast;
    private final Duration timeout;

    public ChangeBroadcast(CredentialCache shared, Broadcast broadcast, Duration timeout) {
        this.shared = shared;
        this.broadcast = broadcast;
        this.timeout = timeout;
    }

    /** Registers this node as a receiver of invalidations. The catalog keeper receives the versions. */
    public static Future<Void> register(Vertx vertx, String nodeId, NodeCaches caches) {
        Future<Void> some = vertx.eventBus()
                .<InvalidateCredentials>consumer(Addresses.invalidateCredentials(nodeId), message -> {
                    caches.invalidate(message.body().digests());
                    message.reply(new Done());
                })
                .completion();
        Future<Void> all = vertx.eventBus()
                .<InvalidateAllCredentials>consumer(Addresses.invalidateAllCredentials(nodeId), message -> {
                    LOG.info("Too many changes to list; evicting every cached credential state");
                    caches.invalidateAll();
                    message.reply(new Done());
                })
                .completion();
        return Future.all(some, all).mapEmpty();
    }

    /**
     * Makes every live node serve a committed write.
     *
     * @return within the timeout, the nodes that did not acknowledge it; they read the change from the change feed
     */
    public Future<List<String>> publish(WriteResult written) {
        Future<List<String>> lateForCredentials = invalidate(written.invalidated());
        Future<List<String>> lateForCatalog = written.catalogVersion() == 0
                ? Future.succeededFuture(List.of())
                : broadcast.publish(Addresses::catalogChanged, new CatalogChanged(written.catalogVersion()), timeout);
        return Future.join(lateForCredentials, lateForCatalog)
                .map(both -> Stream.concat(lateForCredentials.result().stream(), lateForCatalog.result().stream())
                        .distinct()
                        .toList());
    }

    /**
     * Invalidates the cached state of these credentials in the shared cache and in every process. More than
     * {@link InvalidationLog#MAX_LISTED} invalidate every cached state, as they do in the change feed. The shared cache keeps its
     * entries then, because a node that has evicted everything does not use what was read before.
     *
     * @return within the timeout, the nodes that did not acknowledge it; they read the invalidations from the change feed
     */
    public Future<List<String>> invalidate(List<CredentialDigest> digests) {
        if (digests.size() > InvalidationLog.MAX_LISTED) {
            return broadcast.publish(Addresses::invalidateAllCredentials, new InvalidateAllCredentials(), timeout);
        }
        long end = System.nanoTime() + timeout.toNanos();
        Future<Set<String>> late = Future.succeededFuture(new LinkedHashSet<>());
        for (int from = 0; from < digests.size(); from += BATCH) {
            List<CredentialDigest> batch = digests.subList(from, Math.min(from + BATCH, digests.size()));
            late = late.compose(nodes -> invalidate(batch, Duration.ofNanos(Math.max(0, end - System.nanoTime())))
                    .map(nodesOfBatch -> {
                        nodes.addAll(nodesOfBatch);
                        return nodes;
                    }));
        }
        return late.map(ArrayList::new);
    }

    private Future<List<String>> invalidate(List<CredentialDigest> batch, Duration left) {
        Future<List<String>> lateCache = invalidateShared(batch, left);
        return broadcast
                .publish(Addresses::invalidateCredentials, new InvalidateCredentials(batch), left)
                .compose(nodes -> lateCache.map(
                        cache -> Stream.concat(cache.stream(), nodes.stream()).toList()));
    }

    /** A paused member keeps its partitions until the cluster removes it, so the wait has an end of its own. */
    private Future<List<String>> invalidateShared(List<CredentialDigest> batch, Duration left) {
        return shared.invalidate(batch)
                .timeout(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS)
                .map(List.<String>of())
                .otherwise(failure -> {
                    LOG.warn(
                            "The shared cache did not invalidate {} entries in time: {}",
                            batch.size(),
                            failure.getMessage());
                    return List.of(SHARED_CACHE);
                });
    }
}
